/** Server-sent events over fetch, because EventSource can carry neither token nor XSRF header. */

export interface IServerEvent {
  event: string;
  data: string;
}

/** The events in a streamed answer, until it ends. */
export async function* serverEvents(
  response: Response
): AsyncGenerator<IServerEvent> {
  if (!response.body) {
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      const blocks = (rest + value).replace(/\r\n/g, '\n').split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parse(block);
        if (event) {
          yield event;
        }
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

function parse(block: string): IServerEvent | null {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) {
      event = line.slice(6).trim();
    } else if (line.startsWith('data:')) {
      data.push(line.slice(5).trimStart());
    }
  }
  return data.length ? { event, data: data.join('\n') } : null;
}
