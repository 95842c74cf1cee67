import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Bytes } from './bytes.js';

/** The answer of an endpoint: status, headers, body. */
export const Response = ({ response }: { response: Schemas['Attempt']['response'] }): ReactElement => (
  <section>
    <h3>Answer</h3>
    {response ? (
      <>
        <p className="mono"><strong>{response.status}</strong></p>
        <HeaderList headers={response.headers} />
        <h3>Body{response.bodyEncoding === 'base64' ? ', in base64' : ''}{response.bodyTruncated ? ', cut at 16 KiB' : ''}</h3>
        <Bytes text={response.body} name="Answer's body" />
      </>
    ) : (
      <p className="soft">There was none.</p>
    )}
  </section>
);

/** Names and values, a line for each value. */
export const HeaderList = ({ headers }: { headers: Readonly<Record<string, string | readonly string[]>> }): ReactElement => (
  <dl className="headers">
    {Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value, i) => [<dt key={`${name} ${i}`}>{name}</dt>, <dd key={`${name} ${i} value`}>{value}</dd>]))}
  </dl>
);
