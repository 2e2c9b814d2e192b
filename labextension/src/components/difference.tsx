import * as React from 'react';

import type {
  CellChange,
  Changed,
  ContractChange,
  VersionDifference
} from '../api/types';
import { useEnvironment } from './environment';
import { Table } from './table';

/** What is otherwise in one version than in another: first what readers notice, the notebook last. */
export function Difference({
  difference
}: {
  difference: VersionDifference;
}): JSX.Element {
  const { trans } = useEnvironment();
  const parts: [string, Changed[]][] = [
    [trans.__('Outputs'), difference.outputs],
    [trans.__('Inputs'), difference.inputs],
    [trans.__('Parameters'), difference.parameters],
    [trans.__('Limits'), difference.limits],
    [trans.__('Environment'), difference.environment]
  ];
  const shown = parts.filter(([, changes]) => changes.length);
  if (
    !shown.length &&
    !difference.contracts.length &&
    !difference.cells.length
  ) {
    return <p className="jp-mesh-dim">{trans.__('Nothing differs.')}</p>;
  }
  return (
    <div className="jp-mesh-difference">
      {difference.contracts.length > 0 && (
        <section>
          <h3>{trans.__('Contract')}</h3>
          <ContractChanges changes={difference.contracts} />
        </section>
      )}
      {shown.map(([title, changes]) => (
        <section key={title}>
          <h3>{title}</h3>
          <Things changes={changes} />
        </section>
      ))}
      {difference.cells.length > 0 && (
        <section>
          <h3>{trans.__('Notebook')}</h3>
          {difference.cells.map((cell, index) => (
            <Cell key={index} change={cell} />
          ))}
          <p className="jp-mesh-dim">
            {trans._n(
              '%1 other cell is as it was.',
              '%1 other cells are as they were.',
              difference.cells_alike
            )}
          </p>
        </section>
      )}
    </div>
  );
}

/** Changes of contracts, the gravest first, each with its grade in words. */
export function ContractChanges({
  changes
}: {
  changes: ContractChange[];
}): JSX.Element {
  const { trans } = useEnvironment();
  const several = new Set(changes.map(change => change.port)).size > 1;
  const words: Record<ContractChange['grade'], string> = {
    breaking: trans.__('Breaking'),
    warning: trans.__('Warning'),
    compatible: trans.__('Compatible'),
    wording: trans.__('Wording')
  };
  return (
    <ul className="jp-mesh-changed">
      {changes.map((change, index) => (
        <li key={index}>
          <span className="jp-mesh-grade" data-grade={change.grade}>
            {words[change.grade]}
          </span>
          <span>
            {several ? `${change.port}: ${change.words}` : change.words}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Things({ changes }: { changes: Changed[] }): JSX.Element {
  const { trans } = useEnvironment();
  return (
    <Table label={trans.__('What changed')}>
      <thead>
        <tr>
          <th scope="col">{trans.__('Name')}</th>
          <th scope="col">{trans.__('Before')}</th>
          <th scope="col">{trans.__('Now')}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(change => (
          <tr key={change.name}>
            <td>{change.name}</td>
            <td>
              {change.before ?? (
                <span className="jp-mesh-dim">{trans.__('not there')}</span>
              )}
            </td>
            <td>
              {change.after ?? (
                <span className="jp-mesh-dim">{trans.__('gone')}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Cell({ change }: { change: CellChange }): JSX.Element {
  const { trans } = useEnvironment();
  const before = change.before === null ? null : change.before + 1;
  const after = change.after === null ? null : change.after + 1;
  const place = String(after ?? before);
  const title = {
    added: trans.__('Cell %1 is new', place),
    removed: trans.__('Cell %1 is gone', place),
    changed: trans.__('Cell %1 changed', place),
    moved: trans.__('Cell %1 moved to %2', String(before), place)
  }[change.kind];
  return (
    <div className="jp-mesh-cell-change">
      <div className="jp-mesh-cell-title">
        {title}
        {change.tags.map(tag => (
          <code key={tag}>
            {tag.startsWith('+')
              ? trans.__('tag %1 added', tag.slice(1))
              : trans.__('tag %1 removed', tag.slice(1))}
          </code>
        ))}
      </div>
      {change.lines.length > 0 && (
        <pre tabIndex={0} aria-label={title}>
          {change.lines.map((line, index) => (
            <Line key={index} line={line} />
          ))}
        </pre>
      )}
    </div>
  );
}

/** A line with its sign, so that colour does not carry the meaning alone. */
function Line({ line }: { line: string }): JSX.Element {
  switch (line[0]) {
    case '+':
      return <ins>{`${line}\n`}</ins>;
    case '-':
      return <del>{`${line}\n`}</del>;
    default:
      return <span className="jp-mesh-dim">{`${line}\n`}</span>;
  }
}
