import type { ReactElement } from 'react';

export interface Difference {
  readonly what: string;
  /** null = it was not there. */
  readonly before: string | null;
  readonly after: string | null;
}

interface DifferencesProps {
  readonly of: readonly Difference[];
  /** The heads of the columns. */
  readonly before: string;
  readonly after: string;
}

/** A table of what was, and what came of it. */
export function Differences({ of, before, after }: DifferencesProps): ReactElement {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Differences">
      <table className="differences">
        <thead><tr><th scope="col">What</th><th scope="col">{before}</th><th scope="col">{after}</th></tr></thead>
        <tbody>
          {of.map((one) => (
            <tr key={one.what}><th scope="row">{one.what}</th><td><Value of={one.before} /></td><td><Value of={one.after} /></td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Value = ({ of }: { of: string | null }): ReactElement => (of === null ? <span className="soft">–</span> : <code>{of}</code>);
