import * as React from 'react';

import type {
  Column,
  ContractProposal,
  ContractView,
  PromiseSpec
} from '../api/types';
import { useEnvironment } from '../components/environment';
import { Name } from '../components/name';
import { Confidence } from './confidence';

const OF_THE_TYPE = ['column', 'logical_type', 'physical_type'];

/** Promises that can be read in one line: they say of one column what the same look at the data shows. */
interface ILine {
  promises: PromiseSpec[];
  confidence?: number;
  evidence: string[];
}

/** What a contract promises, column by column; of a proposal also how sure each promise is, and what shows it. */
export function Promised(props: {
  contract: ContractView | ContractProposal;
  proposal?: ContractProposal;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { contract, proposal } = props;
  const names = contract.columns.map(column => column.name);
  const of = (column: string): PromiseSpec[] =>
    contract.promises.filter(
      promise => columnOf(promise.target, names) === column
    );
  const advice = Object.entries(proposal?.suggestions ?? {});
  const advised = (column: string): [string, string][] =>
    advice.filter(([about]) => columnOf(about, names) === column);
  const group = (name: string, column?: Column): JSX.Element | null => {
    const promises = of(name);
    const advices = advised(name);
    return promises.length || advices.length || column ? (
      <Group
        key={name}
        column={column}
        lines={linesOf(promises, proposal)}
        advices={advices}
        proposed={proposal !== undefined}
      />
    ) : null;
  };
  return (
    <table className="jp-mesh-table jp-mesh-promised">
      <thead>
        <tr>
          <th scope="col">{trans.__('Promise')}</th>
          {proposal && <th scope="col">{trans.__('How sure')}</th>}
          {proposal && <th scope="col">{trans.__('Evidence')}</th>}
        </tr>
      </thead>
      {group('')}
      {contract.columns.map(column => group(column.name, column))}
    </table>
  );
}

function Group(props: {
  column?: Column;
  lines: ILine[];
  /** What to write where, and why. */
  advices: [string, string][];
  proposed: boolean;
}): JSX.Element {
  const { trans } = useEnvironment();
  const { column, proposed } = props;
  const width = proposed ? 3 : 1;
  return (
    <tbody>
      <tr className="jp-mesh-promised-column">
        <th scope="rowgroup" colSpan={width}>
          <span>
            {column ? (
              <Name text={column.name} className="jp-mesh-mono" />
            ) : (
              trans.__('The whole port')
            )}
            {column && (
              <span className="jp-mesh-dim" title={column.physical_type}>
                {column.type}
              </span>
            )}
            {column?.classification && (
              <span className="jp-mesh-mark">{column.classification}</span>
            )}
          </span>
        </th>
      </tr>
      {props.lines.map(line => (
        <tr key={line.promises[0].id}>
          <td>
            {line.promises.map(promise => promise.words).join('; ')}
            {line.promises[0].severity !== 'error' && (
              <span className="jp-mesh-dim"> · {trans.__('only warns')}</span>
            )}
          </td>
          {proposed && (
            <td>
              {line.confidence !== undefined && (
                <Confidence value={line.confidence} />
              )}
            </td>
          )}
          {proposed && (
            <td className="jp-mesh-dim">{line.evidence.join('; ')}</td>
          )}
        </tr>
      ))}
      {props.advices.map(([about, advice]) => {
        const [what, why] = advice.split(/: (.*)/s);
        const key = about.slice(about.lastIndexOf('.') + 1);
        return (
          <tr key={about}>
            <td colSpan={width}>
              <span className="jp-mesh-advice">
                <span aria-hidden="true">!</span>
                <span>
                  {trans.__('For you to decide:')}{' '}
                  <code>{`${key}: ${what}`}</code>{' '}
                  {why && trans.__('because %1', why)}
                </span>
              </span>
            </td>
          </tr>
        );
      })}
    </tbody>
  );
}

/** Promises in lines: those of one column with the same evidence together, and those that only say its type. */
function linesOf(
  promises: PromiseSpec[],
  proposal: ContractProposal | undefined
): ILine[] {
  const lines = new Map<string, ILine>();
  for (const promise of promises) {
    const confidence = proposal?.confidence[promise.id];
    const evidence = proposal?.evidence[promise.id] ?? '';
    const certain = OF_THE_TYPE.includes(promise.kind) || confidence === 1;
    const alike = proposal ? `${confidence} ${evidence}` : promise.id;
    const key = `${promise.severity} ${certain ? 'certain' : alike}`;
    const line = lines.get(key) ?? { promises: [], confidence, evidence: [] };
    line.promises.push(promise);
    if (evidence && !line.evidence.includes(evidence)) {
      line.evidence.push(evidence);
    }
    lines.set(key, line);
  }
  return [...lines.values()];
}

/** The column that `object.column…` is about, the longest name when several fit; empty for the whole port. */
function columnOf(target: string, columns: string[]): string {
  const rest = target.slice(target.indexOf('.') + 1);
  const fitting = target.includes('.')
    ? columns.filter(
        name =>
          rest === name ||
          (/^[.[]/.test(rest.slice(name.length)) && rest.startsWith(name))
      )
    : [];
  return fitting.sort((a, b) => b.length - a.length)[0] ?? '';
}
