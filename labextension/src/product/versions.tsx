import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type {
  BreakingChange,
  OldMajor,
  ProductVersion,
  Proposal
} from '../api/types';
import { CommandIDs } from '../commands';
import { acknowledged, Consumers } from '../components/consumers';
import { ContractChanges, Difference } from '../components/difference';
import { useEnvironment } from '../components/environment';
import { Loaded } from '../components/loaded';
import { Empty, Note } from '../components/message';
import { useResource } from '../components/resource';
import { Table } from '../components/table';
import { RelativeTime } from '../components/time';
import { ruleWords } from '../reviews/words';
import type { ProductModel } from './model';
import { Releases } from './releases';

/** All versions: who made each, when, what it changed, and what readers got of it. */
export function Versions({ model }: { model: ProductModel }): JSX.Element {
  const { trans } = useEnvironment();
  useResource(model.versions);
  useResource(model.releases);
  const changes = useResource(model.changes()).value?.items ?? [];
  const proposals = useResource(model.proposals()).value?.items ?? [];
  const majors = useResource(model.detail).value?.majors ?? [];
  return (
    <Loaded resource={model.versions} lines={6}>
      {page => (
        <>
          {proposals
            .filter(one => one.state === 'open')
            .map(one => (
              <Waiting key={one.id} proposal={one} />
            ))}
          {changes.map(change => (
            <ChangeView key={change.id} change={change} model={model} />
          ))}
          {page.items.length ? (
            <VersionTable versions={page.items} majors={majors} model={model} />
          ) : (
            <Empty text={trans.__('It has no version yet.')} />
          )}
          {model.compared && (
            <Compared
              key={`${model.compared.before} ${model.compared.after}`}
              model={model}
              before={model.compared.before}
              after={model.compared.after}
            />
          )}
          <Releases model={model} />
        </>
      )}
    </Loaded>
  );
}

function VersionTable(props: {
  versions: ProductVersion[];
  majors: OldMajor[];
  model: ProductModel;
}): JSX.Element {
  const { trans, commands } = useEnvironment();
  const { versions, model } = props;
  const releases = model.releases.value?.items ?? [];
  const detail = model.detail.value;
  const back = detail?.transitions.includes('rollback');
  return (
    <Table label={trans.__('Versions')} className="jp-mesh-versions">
      <thead>
        <tr>
          <th scope="col">{trans.__('Version')}</th>
          <th scope="col">{trans.__('Promoted')}</th>
          <th scope="col">{trans.__('What changed')}</th>
        </tr>
      </thead>
      <tbody>
        {versions.map((version, index) => {
          const before = versions[index + 1]?.version;
          const release = releases.find(one => one.version === version.version);
          const old = props.majors.find(
            one =>
              one.major === version.major &&
              versions.find(other => other.major === version.major) === version
          );
          return (
            <tr key={version.id} data-version={version.version}>
              <td>
                <strong>{version.version}</strong>
                <div className="jp-mesh-dim">
                  {bumpWord(version, before, trans)}
                </div>
                {release && (
                  <div className="jp-mesh-dim">
                    {release.removed
                      ? trans.__('release %1, removed', release.number)
                      : trans.__('release %1', release.number)}
                  </div>
                )}
              </td>
              <td>
                <RelativeTime instant={version.promoted} />
                <div className="jp-mesh-dim">
                  {trans.__('by %1', version.promoted_by)}
                </div>
              </td>
              <td>
                {version.note || <span className="jp-mesh-dim">–</span>}
                {old?.until && (
                  <div className="jp-mesh-dim">
                    {trans.__(
                      'Read as %1@%2 until %3',
                      model.name,
                      String(old.major),
                      old.until.slice(0, 10)
                    )}
                  </div>
                )}
                <div className="jp-mesh-version-actions">
                  {before && (
                    <button
                      type="button"
                      className="jp-mesh-link"
                      aria-label={trans.__(
                        'Compare %1 with %2',
                        version.version,
                        before
                      )}
                      onClick={() =>
                        model.compare({ before, after: version.version })
                      }
                    >
                      {trans.__('Compare')}
                    </button>
                  )}
                  <button
                    type="button"
                    className="jp-mesh-link"
                    aria-label={trans.__(
                      'Open the notebook of %1',
                      version.version
                    )}
                    onClick={() =>
                      void commands.execute(CommandIDs.openVersionNotebook, {
                        product: model.name,
                        version: version.version
                      })
                    }
                  >
                    {trans.__('Open notebook')}
                  </button>
                  {old?.until &&
                    detail?.transitions.includes('deprecate') &&
                    new Date(old.until) > new Date() && (
                      <button
                        type="button"
                        className="jp-mesh-link"
                        aria-label={trans.__(
                          'Move the date until which %1@%2 can be read',
                          model.name,
                          String(old.major)
                        )}
                        onClick={() =>
                          void commands.execute(CommandIDs.moveSunset, {
                            product: model.name,
                            version: String(old.major)
                          })
                        }
                      >
                        {trans.__('Move the date')}
                      </button>
                    )}
                  {back && version.version !== detail?.version && (
                    <button
                      type="button"
                      className="jp-mesh-link"
                      aria-label={trans.__('Go back to %1', version.version)}
                      onClick={() =>
                        void commands.execute(CommandIDs.rollbackProduct, {
                          product: model.name,
                          version: version.version
                        })
                      }
                    >
                      {trans.__('Go back')}
                    </button>
                  )}
                </div>
              </td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

/** A version that others have to approve first. */
function Waiting({ proposal }: { proposal: Proposal }): JSX.Element {
  const { trans, commands } = useEnvironment();
  return (
    <Note
      level="info"
      actions={
        <Button
          small
          className="jp-mod-styled"
          onClick={() =>
            void commands.execute(CommandIDs.openReview, {
              proposal: proposal.id
            })
          }
        >
          {trans.__('Open the proposal')}
        </Button>
      }
    >
      <p>
        {trans.__(
          'Version %1 is proposed by %2, and waits for %3',
          proposal.next_version,
          proposal.by,
          ruleWords(proposal.rule, trans)
        )}
        {' · '}
        <RelativeTime instant={proposal.created} />
      </p>
      {proposal.note && <p className="jp-mesh-dim">{proposal.note}</p>}
    </Note>
  );
}

/** The difference of two versions, either of which can be another one. */
function Compared(props: {
  model: ProductModel;
  before: string;
  after: string;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { model, before, after } = props;
  const names = (model.versions.value?.items ?? []).map(one => one.version);
  const choose = (
    label: string,
    value: string,
    take: (version: string) => void
  ): JSX.Element => (
    <select
      className="jp-mod-styled"
      aria-label={label}
      value={value}
      onChange={event => take(event.target.value)}
    >
      {names.map(name => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
  const heading = React.useRef<HTMLHeadingElement>(null);
  React.useEffect(() => {
    heading.current?.scrollIntoView({ block: 'nearest' });
    heading.current?.focus();
  }, []);
  return (
    <section className="jp-mesh-compared">
      <h2 ref={heading} tabIndex={-1}>
        {trans.__('What differs')}
      </h2>
      <div className="jp-mesh-data-line">
        {choose(trans.__('Version before'), before, version =>
          model.compare({ before: version, after })
        )}
        <span aria-hidden="true">→</span>
        {choose(trans.__('Version after'), after, version =>
          model.compare({ before, after: version })
        )}
        <Button
          small
          className="jp-mod-styled"
          onClick={() => model.compare(null)}
        >
          {trans.__('Close')}
        </Button>
      </div>
      <Loaded resource={model.difference(before, after)} lines={6}>
        {difference => <Difference difference={difference} />}
      </Loaded>
    </section>
  );
}

/** A breaking change, with who has acknowledged it; whoever is concerned can. */
function ChangeView({
  change,
  model
}: {
  change: BreakingChange;
  model: ProductModel;
}): JSX.Element | null {
  const { trans, commands } = useEnvironment();
  const open = change.consumers.some(one => !one.acknowledged);
  if (change.promoted && !open) {
    return null;
  }
  const args = { change: change.id };
  return (
    <Note
      level={open ? 'warning' : 'info'}
      actions={
        open ? (
          <Button
            small
            className="jp-mod-styled"
            onClick={() =>
              void commands
                .execute(CommandIDs.acknowledgeChange, args)
                .then(() => model.changes().load())
            }
          >
            {trans.__('Acknowledge')}
          </Button>
        ) : null
      }
    >
      <p>
        {change.promoted
          ? trans.__('Version %1 broke what others use', change.version)
          : trans.__('Version %1 will break what others use', change.version)}
        {' · '}
        {acknowledged(change.consumers, trans)}
        {' · '}
        {trans.__('announced by %1', change.by)}{' '}
        <RelativeTime instant={change.announced} />
      </p>
      {change.note && <p>{change.note}</p>}
      {change.override && (
        <p className="jp-mesh-dim">
          {trans.__('Promoted before all had: %1', change.override)}
        </p>
      )}
      <details>
        <summary>{trans.__('What, and whom')}</summary>
        <ContractChanges changes={change.changes} />
        <Consumers consumers={change.consumers} />
      </details>
    </Note>
  );
}

function bumpWord(
  version: ProductVersion,
  before: string | undefined,
  trans: ReturnType<typeof useEnvironment>['trans']
): string {
  if (!before) {
    return '';
  }
  const [major, minor] = version.version.split('.');
  const [majorBefore, minorBefore] = before.split('.');
  if (major !== majorBefore) {
    return trans.__('major');
  }
  return minor !== minorBefore ? trans.__('minor') : trans.__('patch');
}
