"""All settings of a workbench, in one frozen model, read from `mesh.toml` and the environment.

Precedence: environment variables `MESH_<NAME>` over `mesh.toml` over the defaults here.
"""

from __future__ import annotations

import functools
import os
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from mesh_workbench.errors import InvalidInput, NotFound

DomainRole = Literal["domain_owner", "producer", "consumer"]
FILE = "mesh.toml"
ROOT_VARIABLE = "MESH_WORKBENCH"
"""Environment variable that names the folder of the workbench."""
FAILURE = r"^(user_code|contract|missing_output|environment|infrastructure|timeout|lost|[a-z]+\.[a-z-]+)$"
"""A class of failures, or the code of one."""


class Settings(BaseSettings):
    """Everything that can be set. Names end in the unit where there is one."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix="MESH_")

    root: Path = Field(description="Folder of mesh.toml. Not written in the file itself.")
    name: str = Field("", description="How the workbench calls itself; the folder's name when empty.")
    registry: str = Field(
        "sqlite:///registry.db",
        description="URL of the registry: sqlite:///FILE (relative to the folder) or postgresql://…",
    )
    storage: str = Field(
        "storage",
        description="Folder (relative to mesh.toml's) of tables and runs, or a URL of a storage that a plugin adds.",
    )
    executor: str = Field("local", description="What executes notebooks: `local`, or one that a plugin adds.")
    worker_slots: int = Field(2, ge=1, le=64, description="Runs that one worker executes at the same time.")
    product_runs: int = Field(4, ge=0, description="Runs of one product at the same time; 0 means no limit.")
    domain_runs: int = Field(0, ge=0, description="Runs of one domain at the same time; 0 means no limit.")
    run_limits: dict[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict,
        description="Runs at the same time of single domains and products, by name, instead of the two above.",
    )
    lease_s: float = Field(30.0, gt=0, description="Seconds after its last heartbeat that a claim stays valid.")
    heartbeat_s: float = Field(5.0, gt=0, description="Seconds between two heartbeats of a worker.")
    tick_s: float = Field(0.5, gt=0, description="Seconds between two looks at schedules and queue.")
    publish_lease_s: float = Field(60.0, gt=0, description="Seconds that a publisher's lock is valid.")
    kernel_start_timeout_s: float = Field(60.0, gt=0, description="Seconds that a kernel may take to start.")
    run_timeout_s: float = Field(0.0, ge=0, description="Seconds that a whole notebook may take; 0 means no limit.")
    retries: int = Field(2, ge=0, le=100, description="Attempts beside the first that a failed run gets by itself.")
    retry_on: list[Annotated[str, Field(pattern=FAILURE)]] = Field(
        ["infrastructure", "lost", "run.kernel-not-started"],
        description="Classes of failures, or codes of single ones, after which a run is tried again by itself.",
    )
    retry_pause_s: float = Field(10.0, ge=0, description="Seconds before the first retry; each later one waits longer.")
    retry_longest_pause_s: float = Field(600.0, ge=0, description="Seconds that a pause before a retry never exceeds.")
    cell_timeout_s: float = Field(0.0, ge=0, description="Seconds that one cell may take; 0 means no limit.")
    run_memory_gb: float = Field(
        0.0,
        ge=0,
        description="Memory in GB (10^9 bytes) that a kernel may use with everything it starts; 0 means no limit.",
    )
    run_cpus: int = Field(0, ge=0, description="Processors that one run may use; 0 means all.")
    run_log_mb: float = Field(20.0, gt=0, description="MB (10^6 bytes) that the log of a run may have.")
    service_in_notebook_folders: bool = Field(
        False,
        description="Whether a service worker lets a notebook work in its own folder inside the workbench, as a "
        "person's worker does. Whoever may write there then decides what it imports.",
    )
    container: str = Field(
        "", description="Container image in which kernels run, best by digest; recorded with every version."
    )
    project_file_mb: float = Field(
        20.0,
        gt=0,
        description="MB (10^6 bytes) that one file of a notebook's folder may have to become part of a version.",
    )
    project_mb: float = Field(100.0, gt=0, description="MB that all such files of one version may have together.")
    bundle_mb: float = Field(
        500.0, gt=0, description="MB that a bundle may have, exported or taken in; all of it is held in memory."
    )
    warm_kernels: int = Field(
        4,
        ge=0,
        le=64,
        description="Processes that a worker keeps waiting with imports done; 0 starts every kernel from nothing.",
    )
    warm_fork: bool = Field(
        True,
        description="Whether kernels are forked from such a process (on Linux) instead of each using one up.",
    )
    warm_memory_gb: float = Field(2.0, gt=0, description="Memory in GB that waiting processes may have together.")
    warm_idle_s: float = Field(900.0, gt=0, description="Seconds without a run after which an environment gets cold.")
    quarantine_rows: int = Field(
        10_000, ge=0, description="Failing rows of each promise that a run keeps; 0 keeps none."
    )
    low_disk_gib: float = Field(
        2.0, ge=0, description="GiB that must be free where tables and runs lie, else `mesh doctor` warns."
    )
    failed_runs_kept: int = Field(
        3, ge=0, description="Newest failed runs of each product that keep everything, whatever the limits below say."
    )
    folder_days: float = Field(
        90.0, ge=0, description="Days after its end that the folder of a run without a release is kept; 0 is for ever."
    )
    folder_count: int = Field(0, ge=0, description="Such folders that are kept of each product; 0 means no limit.")
    folder_gib: float = Field(0.0, ge=0, description="GiB that such folders may take together; 0 means no limit.")
    staging_days: float = Field(
        14.0,
        ge=0,
        description="Days that a run keeps its working directory and rows that were not published; 0 is for ever.",
    )
    staging_count: int = Field(0, ge=0, description="Runs of each product that keep those; 0 means no limit.")
    staging_gib: float = Field(0.0, ge=0, description="GiB that those may take together; 0 means no limit.")
    quarantine_days: float = Field(30.0, ge=0, description="Days that a run keeps its failing rows; 0 is for ever.")
    quarantine_count: int = Field(0, ge=0, description="Runs of each product that keep failing rows; 0 means no limit.")
    quarantine_gib: float = Field(0.0, ge=0, description="GiB that failing rows may take together; 0 means no limit.")
    log_days: float = Field(90.0, ge=0, description="Days that a run keeps what it printed; 0 is for ever.")
    log_count: int = Field(0, ge=0, description="Runs of each product that keep what they printed; 0 means no limit.")
    log_gib: float = Field(0.0, ge=0, description="GiB that logs may take together; 0 means no limit.")
    release_days: float = Field(
        0.0,
        ge=0,
        description="Days after the next one came that a release stays readable; 0 is for ever.",
    )
    release_days_of: dict[str, Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict,
        description="The same of single domains and products, by name, instead of the one above.",
    )
    releases_kept: int = Field(
        10, ge=1, description="Newest releases of each product and major version that stay readable, however old."
    )
    release_grace_h: float = Field(
        24.0, ge=0, description="Hours that files of a removed release stay, for those who are reading them."
    )
    reads_days: float = Field(
        400.0,
        ge=0,
        description="Days that the log of reads is kept; 0 is for ever. Sums by day stay. Who read a product in the "
        "last 90 days counts as a consumer of it, so less than 90 forgets some.",
    )
    notice_group_s: float = Field(
        60.0, ge=0, description="Seconds in which notices to one address gather in one message; 0 waits for none."
    )
    notice_remind_h: float = Field(
        4.0,
        ge=0,
        description="Hours after which trouble that lasts is told again; each wait is three times the one before, a "
        "week at most. 0 is never.",
    )
    notice_attempts: int = Field(
        8, ge=1, le=20, description="Attempts to deliver a message, with growing pauses, before it is given up."
    )
    notice_days: float = Field(90.0, ge=0, description="Days that notices and messages are kept; 0 is for ever.")
    notice_roles: tuple[DomainRole, ...] = Field(
        ("domain_owner",),
        description="Roles in a domain whose holders are told about its products unasked.",
    )
    notice_secrets: str = Field(
        "secrets", description="Folder (relative to mesh.toml's) of the files that people's channels name as file:NAME."
    )
    lab_url: str = Field("", description="Address of JupyterLab, for links in messages; without it they say a command.")
    platform_email: str = Field("", description="E-mail address that is told about every product.")
    platform_webhook: str = Field("", description="URL, or reference to one, that is told about every product.")
    platform_webhook_secret: str = Field("", description="Reference to the key that signs what that URL gets.")
    platform_apprise: str = Field("", description="Reference to a URL of apprise that is told about every product.")
    smtp_host: str = Field("", description="Mail server; without it no e-mail is sent.")
    smtp_port: int = Field(587, ge=1, le=65_535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection to the mail server is encrypted: starttls, tls or none."
    )
    smtp_user: str = Field("", description="User at the mail server; without it nobody signs in.")
    smtp_password: str = Field("", description="Reference to the password, such as env:SMTP_PASSWORD, never itself.")
    smtp_from: str = Field("", description="E-mail address of the sender; smtp_user when empty.")
    webhook_networks: tuple[str, ...] = Field(
        (),
        description="Networks that webhooks may reach although they are not public, such as 10.1.0.0/16; those in them "
        "need no TLS.",
    )
    query_timeout_s: float = Field(120.0, gt=0, description="Seconds that a query of the server may take.")
    query_memory: str = Field("2GB", description="Memory of one query session of the server.")
    query_disk: str = Field("10GB", description="Disk that one query session may use for what does not fit in memory.")
    large_frame_gb: float = Field(
        1.0, ge=0, description="GB (10^9 bytes) in memory from which on a frame warns of its size first; 0 is never."
    )
    display_rows: int = Field(20, ge=1, le=1000, description="Rows that a notebook shows of an answer.")

    @field_validator("webhook_networks")
    @classmethod
    def _networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for network in given:
            ip_network(network, strict=False)
        return given

    @field_validator("smtp_password", "platform_webhook_secret", "platform_apprise")
    @classmethod
    def _reference(cls, given: str) -> str:
        if given and not given.startswith(("env:", "file:", "keyring:")):
            raise ValueError("a secret is named by a reference such as env:NAME, never written down")
        return given

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings

    @property
    def registry_url(self) -> str:
        """The registry's URL with a relative SQLite file made absolute."""
        prefix = "sqlite:///"
        if self.registry.startswith(prefix):
            return f"{prefix}{(self.root / self.registry.removeprefix(prefix)).resolve()}"
        return self.registry

    @property
    def storage_root(self) -> Path:
        """The storage folder, absolute."""
        return (self.root / self.storage.removeprefix("file://")).resolve()

    @property
    def secrets_folder(self) -> Path:
        """The folder of secrets that people's channels may name, absolute."""
        return (self.root / self.notice_secrets).resolve()

    @property
    def title(self) -> str:
        return self.name or self.root.name


@functools.lru_cache(maxsize=16)
def _resolved(named: str) -> Path:
    return Path(named).resolve()


def find_root(start: Path | None = None) -> Path:
    """The folder of the workbench: MESH_WORKBENCH, else `start` (or the working directory) or a parent of it.

    Raises NotFound `workbench.not-found`.
    """
    named = os.environ.get(ROOT_VARIABLE)
    if named and start is None:
        if os.path.isfile(os.path.join(named, FILE)):  # noqa: PTH113, PTH118 - every query asks this
            return _resolved(named)
        raise NotFound(
            "workbench.not-found",
            f"{ROOT_VARIABLE} names {named}, and there is no {FILE} in it.",
            hint="Correct the variable, or run `mesh init` there.",
        )
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder
    raise NotFound(
        "workbench.not-found",
        f"There is no workbench here: no {FILE} in {here} or above.",
        hint="Run `mesh init` to make one, or `mesh demo DIR` for one with data.",
    )


def load(root: Path) -> Settings:
    """The settings of the workbench in `root`.

    Raises NotFound `workbench.not-found` without mesh.toml and InvalidInput `settings.invalid` when it cannot be
    read or holds something unknown.
    """
    file = root / FILE
    try:
        content: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFound(
            "workbench.not-found", f"There is no {FILE} in {root}.", hint="Run `mesh init` there."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(
            "settings.invalid", f"{FILE} cannot be read: {error}.", where=str(file), hint="Correct that line."
        ) from error
    try:
        return Settings(**{**content, "root": root.resolve()})
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(
            "settings.invalid",
            f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}.",
            where=str(file),
            hint="The settings are listed in the reference documentation.",
        ) from error
