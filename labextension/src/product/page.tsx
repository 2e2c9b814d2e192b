import { ReactWidget } from '@jupyterlab/apputils';
import { Button, ellipsesIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Poll } from '@lumino/polling';
import * as React from 'react';

import type { ProductDetail } from '../api/types';
import { CommandIDs } from '../commands';
import { Environment, useEnvironment } from '../components/environment';
import type { IEnvironment } from '../components/environment';
import { exact } from '../components/format';
import { HealthDot } from '../components/health';
import { Loaded } from '../components/loaded';
import { openMenu } from '../components/menu';
import type { IMenuItem } from '../components/menu';
import { Note } from '../components/message';
import { Name } from '../components/name';
import { useResource, useSignal } from '../components/resource';
import { Tabs } from '../components/tabs';
import { RelativeTime } from '../components/time';
import { LineageTab } from '../lineage/tab';
import { Contract } from './contract';
import { Data } from './data';
import type { ProductModel } from './model';
import { Overview } from './overview';
import { Runs } from './runs';
import { Schema } from './schema';
import type { TabId } from './tabs';
import { UsageTab } from './usage';
import { Versions } from './versions';
import { statusWord } from './words';

const POLL_MS = 20_000;

/** The page of one product. Nothing is asked of the server while it is hidden. */
export class ProductPage extends ReactWidget {
  constructor(
    readonly model: ProductModel,
    private environment: IEnvironment
  ) {
    super();
    this.addClass('jp-mesh-product');
    this.poll = new Poll({
      name: `mesh-workbench:product:${model.name}`,
      auto: false,
      factory: () =>
        Promise.all([
          model.detail.load(),
          model.runs.value ? model.runs.load() : undefined
        ]),
      frequency: { interval: POLL_MS, backoff: true, max: 120_000 },
      standby: () => document.hidden || !this.isVisible
    });
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.poll.dispose();
      this.model.dispose();
      super.dispose();
    }
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    void this.poll.schedule({
      phase: 'refreshed',
      interval: this.model.detail.value ? 0 : POLL_MS
    });
    this.update();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.update();
  }

  protected override render(): JSX.Element {
    return (
      <Environment value={this.environment}>
        <Page model={this.model} visible={this.isVisible} />
      </Environment>
    );
  }

  private poll: Poll;
}

function Page({
  model,
  visible
}: {
  model: ProductModel;
  visible: boolean;
}): JSX.Element {
  useSignal(model.changed);
  const id = React.useId();
  return (
    <Loaded resource={model.detail} lines={8}>
      {detail => (
        <div className="jp-mesh-page">
          <Header detail={detail} model={model} />
          <Ending detail={detail} />
          <PageTabs id={id} detail={detail} model={model} />
          <div
            className="jp-mesh-tabpanel"
            role="tabpanel"
            id={`${id}-panel`}
            aria-labelledby={`${id}-tab-${model.tab}`}
            tabIndex={0}
          >
            {detail.port_details.length > 1 &&
              ['schema', 'data', 'contract'].includes(model.tab) && (
                <PortPicker detail={detail} model={model} />
              )}
            {model.tab === 'overview' && (
              <Overview detail={detail} model={model} />
            )}
            {model.tab === 'schema' && <Schema detail={detail} model={model} />}
            {model.tab === 'data' && (
              <Data key={model.port} detail={detail} model={model} />
            )}
            {model.tab === 'contract' && (
              <Contract key={model.port} detail={detail} model={model} />
            )}
            {model.tab === 'runs' && <Runs model={model} visible={visible} />}
            {model.tab === 'lineage' && (
              <LineageTab detail={detail} model={model} />
            )}
            {model.tab === 'versions' && <Versions model={model} />}
            {model.tab === 'usage' && (
              <UsageTab detail={detail} model={model} />
            )}
          </div>
        </div>
      )}
    </Loaded>
  );
}

/** That and when it ends, and what to read instead. */
function Ending({ detail }: { detail: ProductDetail }): JSX.Element | null {
  const { trans, commands } = useEnvironment();
  const { sunset, status } = detail;
  if (!sunset || !['deprecated', 'retired'].includes(status)) {
    return null;
  }
  const successor = sunset.successor;
  return (
    <Note
      level="warning"
      actions={
        successor && (
          <Button
            small
            className="jp-mod-styled"
            onClick={() =>
              void commands.execute(CommandIDs.openProduct, {
                product: successor
              })
            }
          >
            {trans.__('Open %1', successor)}
          </Button>
        )
      }
    >
      <p>
        {status === 'retired'
          ? trans.__('It is retired and can no longer be read.')
          : sunset.until
            ? trans.__(
                'It is deprecated and can be read until %1.',
                exact(sunset.until)
              )
            : trans.__('It is deprecated.')}{' '}
        {sunset.reason}
      </p>
      <p className="jp-mesh-dim">
        {trans.__('Decided by %1', sunset.by)}{' '}
        <RelativeTime instant={sunset.since} />
      </p>
    </Note>
  );
}

/** What can become of it, as entries of its menu. */
function lifeItems(detail: ProductDetail): (IMenuItem | null)[] {
  const ids: Record<string, string> = {
    rollback: CommandIDs.rollbackProduct,
    deprecate: CommandIDs.deprecateProduct,
    reinstate: CommandIDs.reinstateProduct,
    rename: CommandIDs.renameProduct,
    retire: CommandIDs.retireProduct
  };
  const args = { product: detail.full_name };
  const items = ['rollback', 'deprecate', 'reinstate', 'rename', 'retire']
    .filter(verb => detail.transitions.includes(verb))
    .map(verb => ({ command: ids[verb], args }));
  return items.length ? [...items, null] : [];
}

function PageTabs(props: {
  id: string;
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { detail, model } = props;
  const columns = detail.port_details.reduce(
    (sum, port) => sum + port.columns.length,
    0
  );
  const releases = useResource(model.releases).value;
  const last = releases?.items[0];
  const tabs: {
    id: TabId;
    label: string;
    badge?: string;
    badgeState?: string;
  }[] = [
    { id: 'overview', label: trans.__('Overview') },
    {
      id: 'schema',
      label: trans.__('Schema'),
      badge: columns ? String(columns) : undefined
    },
    { id: 'data', label: trans.__('Data') },
    {
      id: 'contract',
      label: trans.__('Contract'),
      badge: last
        ? trans.__('%1/%2', last.checked - last.warned, last.promises)
        : undefined,
      badgeState: last?.verdict
    },
    { id: 'runs', label: trans.__('Runs') },
    { id: 'lineage', label: trans.__('Lineage') },
    { id: 'versions', label: trans.__('Versions') },
    { id: 'usage', label: trans.__('Usage') }
  ];
  return (
    <Tabs
      id={props.id}
      label={trans.__('Parts of %1', model.name)}
      tabs={tabs}
      current={model.tab}
      onSelect={tab => model.select(tab as TabId)}
    />
  );
}

function Header({
  detail,
  model
}: {
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans, commands } = useEnvironment();
  const args = { product: detail.full_name };
  const may = (what: string): boolean =>
    !detail.may.length || detail.may.includes(what);
  return (
    <header className="jp-mesh-page-header">
      <div className="jp-mesh-page-title">
        <h1>
          <Name text={detail.full_name} />
        </h1>
        <span className="jp-mesh-mark" data-status={detail.status}>
          {detail.version
            ? trans.__(
                '%1 %2',
                statusWord(detail.status, trans),
                detail.version
              )
            : statusWord(detail.status, trans)}
        </span>
        <HealthDot health={detail.health} withText />
        <div className="jp-mesh-page-actions">
          <SubscribeButton model={model} />
          <Button
            className="jp-mod-styled"
            onClick={() =>
              void commands.execute(CommandIDs.insertQuery, {
                product: model.readable
              })
            }
          >
            {trans.__('Insert query')}
          </Button>
          <Button
            className="jp-mod-styled jp-mod-accept"
            disabled={!may('run') || !detail.version}
            title={
              may('run')
                ? ''
                : trans.__(
                    'You need the role of a producer in %1.',
                    detail.domain
                  )
            }
            onClick={() => void commands.execute(CommandIDs.runProduct, args)}
          >
            {trans.__('Run now')}
          </Button>
          <button
            type="button"
            className="jp-mesh-icon-button"
            aria-label={trans.__('More')}
            title={trans.__('More')}
            aria-haspopup="menu"
            onClick={event =>
              openMenu(commands, event.currentTarget, [
                {
                  command: CommandIDs.schedule,
                  args: { target: detail.full_name }
                },
                ...lifeItems(detail),
                { command: CommandIDs.copyName, args },
                { command: CommandIDs.refresh }
              ])
            }
          >
            <ellipsesIcon.react tag="span" width="16px" />
          </button>
        </div>
      </div>
      <p className="jp-mesh-dim">
        {[
          detail.title && detail.title !== detail.name
            ? `${detail.title}.`
            : '',
          trans.__('Owned by %1.', detail.owner)
        ]
          .filter(Boolean)
          .join(' ')}
      </p>
    </header>
  );
}

/** Says whether one is told about the product, and asks what to be told. */
function SubscribeButton({ model }: { model: ProductModel }): JSX.Element {
  const { trans, commands } = useEnvironment();
  const told = useResource(model.told).value;
  const label = told?.muted
    ? trans.__('Muted')
    : told?.why
      ? trans.__('Subscribed')
      : trans.__('Subscribe');
  return (
    <Button
      className="jp-mod-styled"
      disabled={!told}
      title={
        told?.why
          ? trans.__('You are told because %1.', told.why)
          : trans.__('Be told when it fails, is late or breaks its contract')
      }
      onClick={() =>
        void commands
          .execute(CommandIDs.subscribe, { product: model.name })
          .then(() => model.told.load())
      }
    >
      {label}
    </Button>
  );
}

function PortPicker({
  detail,
  model
}: {
  detail: ProductDetail;
  model: ProductModel;
}): JSX.Element {
  const { trans } = useEnvironment();
  const first = detail.port_details[0].name;
  return (
    <label className="jp-mesh-port-picker">
      {trans.__('Port')}
      <select
        value={model.port ?? first}
        onChange={event =>
          model.selectPort(
            event.target.value === first ? null : event.target.value
          )
        }
      >
        {detail.port_details.map(port => (
          <option key={port.id} value={port.name}>
            {port.name}
          </option>
        ))}
      </select>
    </label>
  );
}
