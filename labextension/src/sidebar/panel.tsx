import { ReactWidget } from '@jupyterlab/apputils';
import { ellipsesIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Poll } from '@lumino/polling';
import * as React from 'react';

import { CommandIDs } from '../commands';
import { Environment, useEnvironment } from '../components/environment';
import type { IEnvironment } from '../components/environment';
import { openMenu } from '../components/menu';
import { Empty, ProblemNote } from '../components/message';
import { useSignal } from '../components/resource';
import { Skeleton } from '../components/skeleton';
import { meshIcon } from '../icons';
import type { ISidebarSection } from '../tokens';
import type { SidebarModel } from './model';
import { SearchBox } from './searchbox';
import { Banners, EmptyWorkbench, NoWorkbench } from './state';
import { TreeView } from './treeview';
import type { ITreeActions, ITreeHandle } from './treeview';

const POLL_MS = 15_000;
const SLOWEST_POLL_MS = 120_000;

/** The sidebar: it asks the server only while it is looked at. */
export class SidebarPanel extends ReactWidget {
  constructor(
    private model: SidebarModel,
    private environment: IEnvironment
  ) {
    super();
    this.id = 'mesh-sidebar';
    this.addClass('jp-mesh-sidebar');
    this.title.icon = meshIcon;
    this.title.caption = environment.trans.__('Data mesh');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', environment.trans.__('Data mesh'));
    this.poll = new Poll({
      name: 'mesh-workbench:sidebar',
      auto: false,
      factory: async () => {
        await model.refresh();
        if (model.status.problem) {
          throw model.status.problem; // The poll slows down by itself.
        }
      },
      frequency: { interval: POLL_MS, backoff: true, max: SLOWEST_POLL_MS },
      standby: () => document.hidden || !this.isVisible
    });
  }

  override dispose(): void {
    this.poll.dispose();
    super.dispose();
  }

  /** Put the cursor into the search field. */
  search(): void {
    requestAnimationFrame(() =>
      this.node.querySelector<HTMLInputElement>('input')?.focus()
    );
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    void this.poll.refresh();
  }

  protected override render(): JSX.Element {
    return (
      <Environment value={this.environment}>
        <Sidebar model={this.model} />
      </Environment>
    );
  }

  private poll: Poll;
}

function Sidebar({ model }: { model: SidebarModel }): JSX.Element {
  const { trans } = useEnvironment();
  useSignal(model.changed);
  const { status } = model;
  if (status.problem?.code === 'workbench.not-found') {
    return (
      <>
        <Header model={model} />
        {model.problem && <ProblemNote problem={model.problem} />}
        <NoWorkbench model={model} />
      </>
    );
  }
  const empty = status.value?.domains === 0 && !status.problem;
  return (
    <>
      <Header model={model} />
      {empty ? (
        <>
          <Banners model={model} />
          {!model.demo.running && <EmptyWorkbench model={model} />}
        </>
      ) : (
        <Catalog model={model} />
      )}
      <span className="jp-mesh-hidden" role="status">
        {model.search.active && model.search.results
          ? trans._n(
              '%1 product found',
              '%1 products found',
              model.search.results.total
            )
          : ''}
      </span>
    </>
  );
}

function Header({ model }: { model: SidebarModel }): JSX.Element {
  const { trans, commands } = useEnvironment();
  const status = model.status.value;
  return (
    <div className="jp-mesh-header">
      <h2
        title={
          status
            ? trans.__('%1, in %2', status.name, status.location)
            : undefined
        }
      >
        {trans.__('Data mesh')}
      </h2>
      {model.shortcuts.map(section => (
        <Shortcut key={section.id} section={section} model={model} />
      ))}
      <button
        type="button"
        className="jp-mesh-icon-button"
        title={trans.__('Refresh')}
        aria-label={trans.__('Refresh')}
        onClick={() => void model.refresh()}
      >
        <refreshIcon.react tag="span" width="16px" />
      </button>
      <button
        type="button"
        className="jp-mesh-icon-button"
        title={trans.__('More')}
        aria-label={trans.__('More')}
        aria-haspopup="menu"
        onClick={event =>
          openMenu(commands, event.currentTarget, [
            { command: CommandIDs.createDomain },
            { command: CommandIDs.promote },
            null,
            { command: CommandIDs.noticeSettings },
            { command: CommandIDs.readNotices },
            null,
            { command: CommandIDs.startWorker },
            { command: CommandIDs.buildDemo },
            { command: CommandIDs.refresh }
          ])
        }
      >
        <ellipsesIcon.react tag="span" width="16px" />
      </button>
    </div>
  );
}

/** A button that leads to a section, with how much there is. */
function Shortcut(props: {
  section: ISidebarSection;
  model: SidebarModel;
}): JSX.Element {
  const { shortcut, count, id } = props.section;
  const Icon = shortcut?.icon;
  const label = count ? `${shortcut?.label}: ${count}` : shortcut?.label;
  return (
    <button
      type="button"
      className="jp-mesh-icon-button jp-mesh-shortcut"
      title={label}
      aria-label={label}
      onClick={() => props.model.reveal(id)}
    >
      {Icon && <Icon.react tag="span" width="16px" />}
      {Boolean(count) && (
        <span className="jp-mesh-unread" aria-hidden="true">
          {count}
        </span>
      )}
    </button>
  );
}

function Catalog({ model }: { model: SidebarModel }): JSX.Element {
  const { trans, commands } = useEnvironment();
  const tree = React.useRef<ITreeHandle>(null);
  const input = React.useRef<HTMLInputElement>(null);
  const actions = React.useMemo<ITreeActions>(() => {
    const on = (command: string, product?: string): void => {
      void commands.execute(command, { product });
    };
    return {
      toggle: key => model.toggle(key),
      seen: key => model.seen(key),
      open: node =>
        node.command
          ? void commands.execute(node.command.command, node.command.args)
          : on(CommandIDs.openProduct, node.product),
      insert: node => on(CommandIDs.insertQuery, node.product),
      more: (node, anchor) => {
        if (node.menu) {
          openMenu(commands, anchor, node.menu);
          return;
        }
        const args = { product: node.product ?? '' };
        openMenu(commands, anchor, [
          { command: CommandIDs.openProduct, args },
          { command: CommandIDs.insertQuery, args },
          { command: CommandIDs.copyName, args },
          null,
          { command: CommandIDs.runProduct, args }
        ]);
      },
      leave: () => input.current?.focus()
    };
  }, [model, commands]);
  React.useEffect(() => {
    const reveal = (_: SidebarModel, key: string): void => {
      // After the rows were drawn that opening the section brings.
      requestAnimationFrame(() => tree.current?.reveal(key));
    };
    model.revealed.connect(reveal);
    return () => {
      model.revealed.disconnect(reveal);
    };
  }, [model]);
  const { search, status } = model;
  const rows = model.rows();
  const first = async (insert: boolean): Promise<void> => {
    await search.settled();
    const hit = search.results?.items[0]?.product.full_name;
    if (hit) {
      const command = insert ? CommandIDs.insertQuery : CommandIDs.openProduct;
      await commands.execute(command, { product: hit });
    }
  };
  const down = async (): Promise<void> => {
    await search.settled();
    requestAnimationFrame(() => tree.current?.focus());
  };
  const nothing = search.active && search.results?.items.length === 0;
  return (
    <>
      <SearchBox
        ref={input}
        search={search}
        down={() => void down()}
        enter={insert => void first(insert)}
      />
      <Banners model={model} />
      {search.problem && search.active && (
        <ProblemNote
          problem={search.problem}
          retry={() => void search.refresh()}
        />
      )}
      {nothing && (
        <Empty
          text={trans.__('Nothing matches. Try another word or fewer filters.')}
        />
      )}
      {!status.value && !status.problem && <Skeleton lines={6} />}
      <div
        className={
          status.problem
            ? 'jp-mesh-tree-holder jp-mesh-stale'
            : 'jp-mesh-tree-holder'
        }
      >
        {status.value && rows.length > 0 && (
          <TreeView
            ref={tree}
            label={trans.__('Data products')}
            nodes={rows}
            actions={actions}
          />
        )}
      </div>
    </>
  );
}
