import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { ProblemBox } from '../parts/problem-box.js';
import { useQuiet } from '../parts/quiet.js';

const SHOWN = 20;

interface PickEventTypesProps {
  readonly chosen: readonly string[];
  readonly onChoose: (eventTypes: readonly string[]) => void;
}

/** Chooses event types: some of the catalogue, or all that need no approval. */
export function PickEventTypes({ chosen, onChoose }: PickEventTypesProps): ReactElement {
  const [text, setText] = useState('');
  const q = useQuiet(text.trim());
  const { data, error } = useQuery({ queryKey: ['event-types', 'picked', q], queryFn: () => answer(api.GET('/v1/event-types', { params: { query: { limit: SHOWN, ...(q !== '' && { q }) } } })), placeholderData: keepPreviousData });
  // The order is that of when the page was opened: a tick moves nothing under the pointer.
  const [first] = useState(chosen);
  const isAll = chosen.includes('*');
  const toggle = (name: string): void => { onChoose(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen.filter((one) => one !== '*'), name]); };
  const names = data?.items.map(({ name }) => name) ?? [];
  const others = chosen.filter((name) => name !== '*' && !names.includes(name));
  return (
    <div className="stack">
      <label className="check"><input type="checkbox" checked={isAll} onChange={() => { onChoose(isAll ? [] : ['*']); }} /> <span>All types, those to come as well; none that needs an approval</span></label>
      {!isAll && (
        <>
          <label className="field">Find a type<input type="search" value={text} spellCheck={false} onChange={({ target }) => { setText(target.value); }} /></label>
          {error && <ProblemBox error={error} />}
          <ul className="choices">
            {others.map((name) => <li key={name}><label className="check"><input type="checkbox" checked onChange={() => { toggle(name); }} /> <code>{name}</code></label></li>)}
            {chosenFirst(data?.items ?? [], first).map(({ name, description, approval }) => (
              <li key={name}>
                <label className="check">
                  <input type="checkbox" checked={chosen.includes(name)} onChange={() => { toggle(name); }} />
                  <span><code>{name}</code>{approval === 'required' && <strong> needs an approval</strong>}{description !== null && <span className="soft"> {description}</span>}</span>
                </label>
              </li>
            ))}
          </ul>
          {data?.items.length === 0 && <p className="soft">{q === '' ? 'There is no event type: an admin or a provider makes them.' : 'No type is like this.'}</p>}
          {data?.next != null && <p className="soft">The newest {SHOWN}; there are more.</p>}
        </>
      )}
    </div>
  );
}

const chosenFirst = (items: readonly Schemas['EventType'][], first: readonly string[]): readonly Schemas['EventType'][] => items.toSorted((a, b) => Number(first.includes(b.name)) - Number(first.includes(a.name)));
