/** The server's problem document (RFC 9457) as an error. */

/** Code of a problem: no answer at all. */
export const UNREACHABLE = 'connection.lost';

/** What the server, or the way to it, refused: a stable code, a sentence and what to do next. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint = '',
    readonly where = '',
    readonly status = 0
  ) {
    super(message);
    this.name = 'Problem';
  }

  /** Whether something we depend on does not answer, so that trying again may help. */
  get unavailable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503;
  }

  /** The problem in an answer that is not 2xx, also when its body is not ours. */
  static async of(response: Response): Promise<Problem> {
    const text = await response.text();
    let body: Record<string, unknown> = {};
    try {
      const parsed: unknown = JSON.parse(text);
      body = isRecord(parsed) ? parsed : {};
    } catch {
      // A proxy or an old server answered with HTML; the status says enough.
    }
    const word = (key: string): string =>
      typeof body[key] === 'string' ? (body[key] as string) : '';
    return new Problem(
      word('code') || `http.${response.status}`,
      word('detail') || word('message') || response.statusText,
      word('hint'),
      word('where'),
      response.status
    );
  }

  /** Any thrown thing as a problem. */
  static from(error: unknown): Problem {
    if (error instanceof Problem) {
      return error;
    }
    return new Problem(
      'connection.failed',
      error instanceof Error ? error.message : String(error)
    );
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether `error` only says that we stopped waiting ourselves. */
export function isAbort(error: unknown): boolean {
  return (
    (error instanceof DOMException && error.name === 'AbortError') ||
    (error instanceof Error &&
      error.cause instanceof DOMException &&
      error.cause.name === 'AbortError')
  );
}
