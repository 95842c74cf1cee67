import { useState, type ReactElement } from 'react';
import { Copy } from './copy.js';

/** A body as it is. JSON can also be shown indented. */
export function Bytes({ text, name }: { text: string; name: string }): ReactElement {
  const [isSetOut, setSetOut] = useState(true);
  const json = setOut(text);
  if (text === '') return <p className="soft">Empty.</p>;
  return (
    <div className="shown">
      <div className="actions">
        <Copy text={text} />
        {json !== null && (
          <button type="button" className="plain small" onClick={() => { setSetOut(!isSetOut); }}>
            {isSetOut ? 'Show the exact bytes' : 'Set out as JSON'}
          </button>
        )}
      </div>
      <pre className="bytes" tabIndex={0} role="region" aria-label={name}>
        {json !== null && isSetOut ? json : text}
      </pre>
    </div>
  );
}

/** null = it is no JSON. */
function setOut(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}
