import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Differences } from '../parts/differences.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Sentence } from '../parts/sentence.js';
import { fieldChanges } from './field-changes.js';
import { inShort } from './in-short.js';
import { hasStates, statesOf, type ResourceChange } from './states.js';

type Change = Schemas['ConfigurationEvent'];

/** One line, which opens to every field before and after the change. */
export function Changes({ of }: { of: Change }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const isEmpty = Object.keys(of.changes).length === 0;
  if (!hasStates(of)) return isEmpty ? <span className="soft">–</span> : <details><summary><Sentence of={inShort(of.changes)} /></summary><pre className="bytes" tabIndex={0}>{JSON.stringify(of.changes, null, 2)}</pre></details>;
  return (
    <details onToggle={({ currentTarget }) => { setOpen(currentTarget.open); }}>
      <summary>{isEmpty ? of.type : <Sentence of={inShort(of.changes)} />}</summary>
      {isOpen && <BeforeAndAfter of={of} />}
    </details>
  );
}

function BeforeAndAfter({ of }: { of: ResourceChange }): ReactElement {
  // The past does not change.
  const { data, error, refetch } = useQuery({ queryKey: ['states', of.kind, of.id, of.version], queryFn: () => statesOf(of), staleTime: Infinity });
  if (error) return <ProblemBox error={error} retry={() => void refetch()} />;
  if (!data) return <div className="skeleton" />;
  const differences = fieldChanges(data.before, data.after, of.changes);
  return differences.length === 0 ? <span className="soft">No field has another value.</span> : <Differences of={differences} before="Before" after="After" />;
}
