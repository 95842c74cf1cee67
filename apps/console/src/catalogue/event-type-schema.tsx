import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Bytes } from '../parts/bytes.js';
import { exampleOf, fieldsOf } from './schema.js';

/** What an event of this type carries: its fields, an example, the schema itself. `isNamed` false = without its name as a heading. */
export function EventTypeSchema({ eventType: { name, schema }, isNamed = true }: { eventType: Schemas['EventType']; isNamed?: boolean }): ReactElement {
  if (!schema) return <p className="soft"><code>{name}</code> has no schema: its events may carry anything.</p>;
  const fields = fieldsOf(schema);
  return (
    <>
      {isNamed && <h3><code>{name}</code></h3>}
      {fields.length > 0 && (
        <div className="scroll" tabIndex={0} role="region" aria-label={`Fields of ${name}`}>
          <table>
            <thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col" className="minor">What it is</th></tr></thead>
            <tbody>
              {fields.map(({ pointer, name: field, depth, type, isRequired, description }) => (
                <tr key={pointer}>
                  <td title={pointer} style={{ paddingLeft: 16 + depth * 14 }}><code>{field}</code>{isRequired && <span className="soft" title="required"> *</span>}</td>
                  <td className="soft">{type}</td>
                  <td className="minor soft">{description}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <details><summary>An example</summary><Bytes text={JSON.stringify(exampleOf(schema))} name={`An example of ${name}`} /></details>
      <details><summary>The schema</summary><Bytes text={JSON.stringify(schema)} name={`The schema of ${name}`} /></details>
    </>
  );
}
