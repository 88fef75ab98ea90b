/** Server-sent events out of a POST's answer, which EventSource cannot read. */

export interface ServerEvent {
  name: string;
  data: string;
}

export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let searched = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      let start = 0;
      let end = rest.indexOf("\n\n", searched);
      for (; end >= 0; end = rest.indexOf("\n\n", start)) {
        const found = parsed(rest.slice(start, end));
        start = end + 2;
        if (found) yield found;
      }
      rest = rest.slice(start);
      searched = Math.max(0, rest.length - 1);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parsed(block: string): ServerEvent | null {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice(7);
    else if (line.startsWith("data: ")) data.push(line.slice(6));
  }
  return data.length ? { name, data: data.join("\n") } : null;
}
