/** Frames, variables and names of a notebook that only its kernel knows, asked for while it rests. */

import type { Kernel } from '@jupyterlab/services';

import type { CompletionRequest } from '../api/types';

type Told = Pick<CompletionRequest, 'variables' | 'readers'>;

interface IKnown {
  told: Told;
  /** Whether something ran since. */
  old: boolean;
  asking: Promise<void> | null;
}

/** Nobody waits longer for a list: what the kernel told before is used meanwhile. */
const PATIENCE_MS = 400;
/** Bounded where it is made; it changes nothing, and is in no history. */
const EXPRESSION =
  "__import__('IPython.display', fromlist=['JSON']).JSON(" +
  "__import__('mesh_workbench.magics.completer', fromlist=['told']).told(globals()))";
const kernels = new WeakMap<Kernel.IKernelConnection, IKnown>();

/** What the kernel told last. It is asked anew when something ran since, and it rests. */
export async function toldBy(kernel: Kernel.IKernelConnection): Promise<Told> {
  const known = kernels.get(kernel) ?? begin(kernel);
  if (known.old && !known.asking && kernel.status === 'idle') {
    known.old = false;
    known.asking = ask(kernel, known).finally(() => {
      known.asking = null;
    });
  }
  if (known.asking) {
    await Promise.race([
      known.asking,
      new Promise(resolve => setTimeout(resolve, PATIENCE_MS))
    ]);
  }
  return known.told;
}

function begin(kernel: Kernel.IKernelConnection): IKnown {
  const known: IKnown = { told: {}, old: true, asking: null };
  kernels.set(kernel, known);
  kernel.iopubMessage.connect((_, message) => {
    // Our own question is silent, and sends none.
    if (message.header.msg_type === 'execute_input') {
      known.old = true;
    }
  });
  kernel.statusChanged.connect((_, status) => {
    if (status === 'restarting' || status === 'autorestarting') {
      known.told = {};
      known.old = true;
    }
  });
  return known;
}

async function ask(
  kernel: Kernel.IKernelConnection,
  known: IKnown
): Promise<void> {
  try {
    const future = kernel.requestExecute({
      code: '',
      silent: true,
      store_history: false,
      allow_stdin: false,
      stop_on_error: false,
      user_expressions: { mesh: EXPRESSION }
    });
    const { content } = await future.done;
    if (content.status === 'ok') {
      const answer = content.user_expressions.mesh as
        { data?: Record<string, unknown> } | undefined;
      known.told = (answer?.data?.['application/json'] ?? {}) as Told;
    }
  } catch (error) {
    // A kernel that goes away: what it knew is gone with it.
    console.debug('The kernel tells no names', error);
  }
}
