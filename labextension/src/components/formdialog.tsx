import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { isAbort, Problem } from '../api/problem';
import { Environment, useEnvironment } from './environment';
import type { IEnvironment } from './environment';
import { ProblemNote } from './message';

/**
 * A dialog whose body draws its own buttons.
 *
 * JupyterLab's dialog closes on every answer. A form stays open when the server refuses what was typed, so that
 * nothing typed is lost; everything else (modality, theme, Escape) is JupyterLab's.
 */
export class FormDialog extends Dialog<void> {
  constructor(options: {
    title: string;
    environment: IEnvironment;
    className?: string;
    body: (close: () => void) => React.ReactNode;
  }) {
    super({
      title: options.title,
      buttons: [],
      hasClose: true,
      focusNodeSelector: '[data-autofocus], input, select, textarea, button',
      body: ReactWidget.create(
        <Environment value={options.environment}>
          {options.body(() => this.reject())}
        </Environment>
      )
    });
    this.addClass('jp-mesh-dialog');
    if (options.className) {
      this.addClass(options.className);
    }
  }

  override handleEvent(event: Event): void {
    if (event instanceof KeyboardEvent && event.type === 'keydown') {
      if (event.key === 'Enter') {
        return; // The form submits itself.
      }
      if (event.key === 'Tab') {
        this.keepFocus(event);
        return;
      }
    }
    super.handleEvent(event);
  }

  private keepFocus(event: KeyboardEvent): void {
    const all = [
      ...this.node.querySelectorAll<HTMLElement>(
        'button:not(:disabled), input:not(:disabled), select, textarea, a[href], [tabindex="0"]'
      )
    ].filter(element => element.offsetParent !== null && element.tabIndex >= 0);
    const [first, last] = [all[0], all[all.length - 1]];
    const from = document.activeElement;
    if (event.shiftKey && from === first) {
      event.preventDefault();
      last?.focus();
    } else if (!event.shiftKey && from === last) {
      event.preventDefault();
      first?.focus();
    }
  }
}

/** One labelled line of a form. */
export function Field(props: {
  label: string;
  help?: string;
  problem?: string;
  children: React.ReactElement<{
    id?: string;
    'aria-describedby'?: string;
    'aria-invalid'?: boolean;
  }>;
}): JSX.Element {
  const id = React.useId();
  return (
    <div className="jp-mesh-field">
      <label htmlFor={id}>{props.label}</label>
      {React.cloneElement(props.children, {
        id,
        'aria-describedby':
          props.help || props.problem ? `${id}-help` : undefined,
        'aria-invalid': props.problem ? true : undefined
      })}
      {(props.help || props.problem) && (
        <div
          id={`${id}-help`}
          className={
            props.problem ? 'jp-mesh-field-problem' : 'jp-mesh-field-help'
          }
        >
          {props.problem || props.help}
        </div>
      )}
    </div>
  );
}

/** Fields, the server's refusal if any, and the two buttons below. */
export function Form(props: {
  submitLabel: string;
  close: () => void;
  submit: () => Promise<void>;
  disabled?: boolean;
  children: React.ReactNode;
}): JSX.Element {
  const { trans } = useEnvironment();
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const [busy, setBusy] = React.useState(false);
  const onSubmit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) {
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await props.submit();
      props.close();
    } catch (error) {
      if (!isAbort(error)) {
        setProblem(Problem.from(error));
      }
      setBusy(false);
    }
  };
  return (
    <form className="jp-mesh-form" onSubmit={event => void onSubmit(event)}>
      {props.children}
      {problem && <ProblemNote problem={problem} />}
      <div className="jp-mesh-form-buttons">
        <Button
          type="button"
          className="jp-mod-styled jp-mod-reject"
          onClick={props.close}
        >
          {trans.__('Cancel')}
        </Button>
        <Button
          type="submit"
          className="jp-mod-styled jp-mod-accept"
          disabled={props.disabled}
          aria-disabled={busy || undefined} // Focus stays on it, also when the server refuses.
        >
          {props.submitLabel}
        </Button>
      </div>
    </form>
  );
}
