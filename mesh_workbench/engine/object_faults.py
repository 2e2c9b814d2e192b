"""What object storage complains about, said once in our words.

The library's own text is never shown: it holds addresses with signatures and answers with access keys.
"""

from __future__ import annotations

import re

from mesh_workbench.errors import Forbidden, InvalidInput, MeshError, NotFound, Unavailable

_NO_BUCKET = ("NoSuchBucket", "ContainerNotFound", "InvalidBucketName", "bucket does not exist")
_NO_CREDENTIALS = ("169.254.169.254", "/latest/api/token", "metadata.google.internal", "NoAuthenticationInformation")
_REFUSED = (
    "401 Unauthorized", "403 Forbidden", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken",
    "AuthenticationFailed", "AuthorizationFailure",
)  # fmt: skip
_OTHER_REGION = ("PermanentRedirect", "incorrectly configured region", "AuthorizationHeaderMalformed")
_SILENT = ("error sending request", "tcp connect error", "dns error", "timed out", "Connection refused", "HTTP error")
_STATUS = re.compile(r"\b([45]\d\d [A-Z][A-Za-z]*(?: [A-Z][A-Za-z]*)*)")


def translate(error: Exception, url: str) -> MeshError:
    """`error` as one of ours, naming `url`."""
    text = str(error)
    scheme, _, rest = url.partition("://")
    bucket = f"{scheme}://{rest.partition('/')[0]}"

    def says(*parts: str) -> bool:
        return any(part in text for part in parts)

    if says(*_NO_BUCKET):
        return NotFound(
            "objects.no-bucket",
            f"There is no bucket {bucket}.",
            hint=f"Check its name, and that {_endpoint(scheme)} leads to the storage that has it.",
            where=url,
        )
    if says(*_NO_CREDENTIALS):
        return Forbidden(
            "objects.no-credentials",
            f"There are no credentials for {bucket}.",
            hint=f"Give them in the environment: {_keys(scheme)}.",
            where=url,
        )
    if says(*_REFUSED):
        return Forbidden(
            "objects.refused",
            f"The storage does not let these credentials read {bucket}.",
            hint=f"Check {_keys(scheme)}, and that they may list and read there.",
            where=url,
        )
    if says(*_OTHER_REGION):
        return InvalidInput(
            "objects.region",
            f"{bucket} is in another region than the one asked.",
            hint="Set AWS_REGION to the region of the bucket.",
            where=url,
        )
    if says("URL scheme is not allowed"):
        return InvalidInput(
            "objects.http",
            f"The endpoint for {bucket} speaks plain HTTP, which is not allowed.",
            hint="Use one with https://, or set AWS_ALLOW_HTTP=true (AZURE_ALLOW_HTTP=true) where that is safe.",
            where=url,
        )
    if isinstance(error, FileNotFoundError) or says("404 Not Found"):
        return NotFound(
            "objects.not-found",
            f"There is no object {url}.",
            hint="Check the address; a table that is being cleaned up loses files that its log still names.",
            where=url,
        )
    if says(*_SILENT):
        return Unavailable(
            "objects.unreachable",
            f"The storage of {bucket} does not answer.",
            hint=f"Check {_endpoint(scheme)} and the network, then try again.",
            where=url,
        )
    status = _STATUS.search(text)
    return Unavailable(
        "objects.failed",
        f"The storage of {bucket} answers with an error{f': {status[1]}' if status else ''}.",
        hint="Try again; if it stays, ask whoever runs the storage.",
        where=url,
    )


def _endpoint(scheme: str) -> str:
    if scheme in ("s3", "s3a"):
        return "AWS_ENDPOINT_URL"
    return "GOOGLE_SERVICE_ACCOUNT" if scheme in ("gs", "gcs") else "AZURE_STORAGE_ACCOUNT_NAME"


def _keys(scheme: str) -> str:
    if scheme in ("s3", "s3a"):
        return "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (AWS_SESSION_TOKEN where the keys are temporary)"
    if scheme in ("gs", "gcs"):
        return "GOOGLE_APPLICATION_CREDENTIALS"
    return "AZURE_STORAGE_ACCOUNT_NAME with AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN"
