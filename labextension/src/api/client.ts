/**
 * The workbench's HTTP API: one function that talks, and one line for every endpoint.
 *
 * Paths, queries, bodies and answers are those of the generated table of operations, so that a change of the server
 * that we do not follow is an error of the compiler.
 */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';

import { Problem, UNREACHABLE } from './problem';
import { isDomain } from './target';
import { OPERATIONS, PREFIX } from './types';
import type {
  PreflightRequest,
  BackfillRequest,
  CompletionRequest,
  DemoState,
  Deprecation,
  DomainDraft,
  InitResult,
  MovedSunset,
  Operations,
  PauseDraft,
  PreferencesDraft,
  PromotionRequest,
  Renaming,
  Retirement,
  RollbackRequest,
  RunRequest,
  ScheduleDraft,
  StandingRequest,
  SubscriptionDraft,
  WorkerState
} from './types';

const HOST = '/mesh-workbench';
/** Of what can be undone, and says before what it changes. */
const ANY = { 'If-Match': '*' };

/** Do it only when nobody else changed the product since it was seen. */
function seen(revision: number): Record<string, string> {
  return { 'If-Match': `"${revision}"` };
}

interface IGiven<Name extends keyof Operations> {
  path?: Operations[Name]['path'];
  query?: Operations[Name]['query'];
  body?: Operations[Name]['body'];
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

interface ISent {
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

export class MeshApi {
  constructor(readonly settings: ServerConnection.ISettings) {}

  status = () => this.ask('getStatus', {});
  search = (query: Operations['search']['query'], signal: AbortSignal) =>
    this.ask('search', { query, signal });

  complete = (body: CompletionRequest) => this.ask('complete', { body });
  meaning = (body: CompletionRequest) => this.ask('getMeaning', { body });

  domains = (cursor: string | null) =>
    this.ask('listDomains', { query: { cursor, limit: 100 } });
  addDomain = (body: DomainDraft) => this.ask('addDomain', { body });

  pauseDomain = (domain: string, body: PauseDraft) =>
    this.ask('pauseDomain', { path: { domain }, body });
  resumeDomain = (domain: string) =>
    this.ask('resumeDomain', { path: { domain } });

  products = (domain: string, cursor: string | null) =>
    this.ask('listProducts', { query: { domain, cursor, limit: 100 } });
  product = (name: string) => this.ask('getProduct', { path: split(name) });
  rollbackPlan = (
    name: string,
    back: { release?: number | null; version?: string | null }
  ) => this.ask('planRollback', { path: split(name), query: back });
  rollback = (name: string, body: RollbackRequest) =>
    this.ask('rollbackProduct', { path: split(name), body, headers: ANY });
  deprecate = (name: string, body: Deprecation, revision: number) =>
    this.ask('deprecateProduct', {
      path: split(name),
      body,
      headers: seen(revision)
    });
  reinstate = (name: string, reason: string, revision: number) =>
    this.ask('reinstateProduct', {
      path: split(name),
      body: { reason },
      headers: seen(revision)
    });
  moveSunset = (
    name: string,
    major: number,
    body: MovedSunset,
    revision: number
  ) =>
    this.ask('moveSunset', {
      path: { ...split(name), major },
      body,
      headers: seen(revision)
    });
  rename = (name: string, body: Renaming, revision: number) =>
    this.ask('renameProduct', {
      path: split(name),
      body,
      headers: seen(revision)
    });
  retire = (name: string, body: Retirement, revision: number) =>
    this.ask('retireProduct', {
      path: split(name),
      body,
      headers: seen(revision)
    });

  waitingReviews = () =>
    this.ask('listReviews', { query: { waiting: true, limit: 50 } });
  reviews = (product: string) =>
    this.ask('listReviews', { query: { product, limit: 10 } });
  review = (proposal_id: string) =>
    this.ask('getReview', { path: { proposal_id } });
  propose = (body: PromotionRequest) => this.ask('propose', { body });
  approve = (proposal_id: string, comment: string) =>
    this.ask('approveReview', { path: { proposal_id }, body: { comment } });
  sendBack = (proposal_id: string, comment: string) =>
    this.ask('sendBackReview', { path: { proposal_id }, body: { comment } });
  withdraw = (proposal_id: string) =>
    this.ask('withdrawReview', {
      path: { proposal_id },
      body: { comment: '' }
    });

  versions = (name: string, limit = 20) =>
    this.ask('listVersions', { path: split(name), query: { limit } });
  contract = (name: string, port: string | null) =>
    this.ask('getContract', { path: split(name), query: { port } });
  contractHistory = (name: string, port: string | null) =>
    this.ask('getContractHistory', { path: split(name), query: { port } });
  releases = (name: string, limit = 20) =>
    this.ask('listReleases', { path: split(name), query: { limit } });
  lineage = (
    name: string,
    column: string | null,
    release: number | null,
    depth: number
  ) =>
    this.ask('getLineage', {
      path: split(name),
      query: { column, release, depth }
    });
  impact = (name: string, column: string) =>
    this.ask('getImpact', { path: split(name), query: { column } });
  usage = (name: string, days: number) =>
    this.ask('getUsage', { path: split(name), query: { days } });
  sample = (name: string, port: string | null, limit: number) =>
    this.ask('getSample', { path: split(name), query: { port, limit } });

  previewSchedule = (
    body: ScheduleDraft,
    product: string,
    signal: AbortSignal
  ) =>
    this.ask('previewSchedule', { body, query: { count: 3, product }, signal });
  setSchedule = (name: string, body: ScheduleDraft, revision: number | null) =>
    this.ask('setSchedule', {
      path: split(name),
      body,
      headers: revision === null ? {} : ifMatch(revision)
    });
  removeSchedule = (name: string, revision: number) =>
    this.ask('removeSchedule', {
      path: split(name),
      headers: ifMatch(revision)
    });
  pauseSchedule = (name: string, body: PauseDraft) =>
    this.ask('pauseSchedule', { path: split(name), body });
  resumeSchedule = (name: string) =>
    this.ask('resumeSchedule', { path: split(name) });

  slots = (name: string) =>
    this.ask('listSlots', { path: split(name), query: { limit: 100 } });
  backfills = (product: string) =>
    this.ask('listBackfills', { query: { product, limit: 20 } });
  planBackfill = (body: BackfillRequest, signal: AbortSignal) =>
    this.ask('planBackfill', { body, signal });
  beginBackfill = (body: BackfillRequest) =>
    this.ask('beginBackfill', { body });
  pauseBackfill = (backfill_id: string, reason: string) =>
    this.ask('pauseBackfill', { path: { backfill_id }, body: { reason } });
  resumeBackfill = (backfill_id: string) =>
    this.ask('resumeBackfill', { path: { backfill_id } });
  cancelBackfill = (backfill_id: string, reason: string) =>
    this.ask('cancelBackfill', { path: { backfill_id }, body: { reason } });

  runs = (product: string) =>
    this.ask('listRuns', { query: { product, limit: 100 } });
  run = (run_id: string) => this.ask('getRun', { path: { run_id } });
  requestRun = (body: RunRequest) =>
    this.ask('requestRun', { body, headers: once() });
  cancelRun = (run_id: string) => this.ask('cancelRun', { path: { run_id } });
  retryRun = (run_id: string) => this.ask('retryRun', { path: { run_id } });
  report = (report_id: string) =>
    this.ask('getReport', { path: { report_id } });
  runLog = (run_id: string) => this.text('getRunLog', { path: { run_id } });
  runNotebook = (run_id: string) =>
    this.text('getRunNotebook', { path: { run_id } });
  runPage = (run_id: string) => this.text('getRunPage', { path: { run_id } });
  watchRuns = (run: string[], signal: AbortSignal) =>
    this.send('watchRuns', {
      query: { run },
      signal,
      headers: { Accept: 'text/event-stream' }
    });

  noticeSummary = () => this.ask('getNoticeSummary', {});
  notices = (cursor: string | null) =>
    this.ask('listNotices', { query: { cursor, limit: 50 } });
  readNotices = (ids: string[] | null) =>
    this.ask('readNotices', { body: { ids } });
  /** Of a product, or of a whole domain, as are the next four. */
  told = (target: string) =>
    isDomain(target)
      ? this.ask('getDomainSubscription', { path: { domain: target } })
      : this.ask('getSubscription', { path: split(target) });
  subscribe = (target: string, body: SubscriptionDraft) =>
    isDomain(target)
      ? this.ask('subscribeToDomain', { path: { domain: target }, body })
      : this.ask('subscribe', { path: split(target), body });
  unsubscribe = (target: string) =>
    isDomain(target)
      ? this.ask('unsubscribeFromDomain', { path: { domain: target } })
      : this.ask('unsubscribe', { path: split(target) });
  mute = (target: string, until: string | null) =>
    isDomain(target)
      ? this.ask('muteDomain', { path: { domain: target }, body: { until } })
      : this.ask('mute', { path: split(target), body: { until } });
  unmute = (target: string) =>
    isDomain(target)
      ? this.ask('unmuteDomain', { path: { domain: target } })
      : this.ask('unmute', { path: split(target) });
  channels = () => this.ask('listChannels', {});
  testChannel = (channel: string) =>
    this.ask('testChannel', { path: { channel } });
  preferences = () => this.ask('getPreferences', {});
  setPreferences = (body: PreferencesDraft, revision: number) =>
    this.ask('setPreferences', {
      body,
      headers: ifMatch(revision)
    });

  planPromotion = (body: PromotionRequest, signal: AbortSignal) =>
    this.ask('planPromotion', { body, signal });
  standing = (body: StandingRequest, signal: AbortSignal) =>
    this.ask('getStanding', { body, signal });
  promote = (body: PromotionRequest) =>
    this.ask('promote', { body, headers: once() });

  announceChange = (body: PromotionRequest) =>
    this.ask('announceChange', { body });
  changes = (name: string) =>
    this.ask('listChanges', { path: split(name), query: { limit: 20 } });
  acknowledgeChange = (change_id: string) =>
    this.ask('acknowledgeChange', { path: { change_id }, body: {} });
  difference = (name: string, version: string, since: string | null) =>
    this.ask('getVersionDifference', {
      path: { ...split(name), version },
      query: { since }
    });
  versionNotebook = (name: string, version: string) =>
    this.text('getVersionNotebook', { path: { ...split(name), version } });
  startPreflight = (body: PreflightRequest) =>
    this.ask('startPreflight', { body });
  preflight = (id: string) =>
    this.ask('getPreflight', { path: { preflight_id: id } });
  cancelPreflight = (id: string) =>
    this.ask('cancelPreflight', { path: { preflight_id: id } });

  createWorkbench = () => this.host<InitResult>('POST', 'init');
  worker = () => this.host<WorkerState>('GET', 'worker');
  startWorker = () => this.host<WorkerState>('POST', 'worker');
  buildDemo = () => this.host<DemoState>('POST', 'demo');
  demo = () => this.host<DemoState>('GET', 'demo');

  /** Ask for JSON. Throws Problem for every answer that is not 2xx, and for no answer at all. */
  private async ask<Name extends keyof Operations>(
    name: Name,
    given: IGiven<Name>
  ): Promise<Operations[Name]['answer']> {
    return (await (
      await this.send(name, given)
    ).json()) as Operations[Name]['answer'];
  }

  private async text<Name extends keyof Operations>(
    name: Name,
    given: IGiven<Name>
  ): Promise<string> {
    return (await this.send(name, given)).text();
  }

  private send<Name extends keyof Operations>(
    name: Name,
    given: IGiven<Name>
  ): Promise<Response> {
    const { method, path } = OPERATIONS[name];
    const values: Record<string, unknown> = { ...given.path };
    const filled = path.replace(/\{(\w+)\}/g, (_, key: string) =>
      encodeURIComponent(String(values[key]))
    );
    return request(this.settings, method, PREFIX + filled, given);
  }

  /** Routes beside the API, which only JupyterLab as the host has. */
  private async host<Answer>(method: string, path: string): Promise<Answer> {
    const sent = method === 'POST' ? { body: {} } : {};
    return (await (
      await request(this.settings, method, `${HOST}/${path}`, sent)
    ).json()) as Answer;
  }
}

/** Send one request with the settings of JupyterLab: base URL, token, XSRF. */
async function request(
  settings: ServerConnection.ISettings,
  method: string,
  path: string,
  sent: ISent
): Promise<Response> {
  const url = URLExt.join(settings.baseUrl, path) + encode(sent.query);
  const init: RequestInit = {
    method,
    signal: sent.signal,
    headers: { ...sent.headers }
  };
  if (sent.body !== undefined) {
    init.body = JSON.stringify(sent.body);
    init.headers = { ...sent.headers, 'Content-Type': 'application/json' };
  }
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(url, init, settings);
  } catch (error) {
    if (sent.signal?.aborted) {
      throw new DOMException('No longer wanted', 'AbortError');
    }
    throw error instanceof ServerConnection.NetworkError
      ? new Problem(UNREACHABLE, 'The Jupyter server does not answer.')
      : Problem.from(error);
  }
  if (!response.ok) {
    throw await Problem.of(response);
  }
  return response;
}

function encode(query: Record<string, unknown> = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const single of Array.isArray(value) ? value : [value]) {
      if (single !== null && single !== undefined && single !== '') {
        params.append(key, String(single));
      }
    }
  }
  const text = params.toString();
  return text ? `?${text}` : '';
}

/** domain.product as the two parts of a path. */
function split(name: string): { domain: string; product: string } {
  const [domain, product = ''] = name.split('.');
  return { domain, product };
}

/** Only what one has seen is changed. */
function ifMatch(revision: number): Record<string, string> {
  return { 'If-Match': `"${revision}"` };
}

/** A key by which the server recognises a request that was sent twice. */
function once(): Record<string, string> {
  return { 'Idempotency-Key': UUID.uuid4() };
}
