import type { ReactElement } from 'react';

type Pairs = Readonly<Record<string, string>>;

/** Labels in a row or a list of facts. */
export const Labels = ({ of }: { of: Pairs }): ReactElement => {
  const pairs = Object.entries(of);
  return pairs.length === 0 ? <span className="soft">–</span> : <span className="labels">{pairs.map(([name, value]) => <code key={name} title={`${name}=${value}`}>{name}={value}</code>)}</span>;
};

/** A field for labels. `labelsIn` reads what was typed. */
export const LabelsField = ({ of = {} }: { of?: Pairs }): ReactElement => (
  <label className="field">
    Labels: one name=value on each line
    <textarea name="labels" className="mono" rows={2} spellCheck={false} placeholder="env=prod" defaultValue={Object.entries(of).map(([name, value]) => `${name}=${value}`).join('\n')} />
  </label>
);

/** The API judges names and values. */
export const labelsIn = (text: string): Record<string, string> =>
  Object.fromEntries(text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => line.split('=')).map(([name = '', ...value]) => [name.trim(), value.join('=').trim()]));
