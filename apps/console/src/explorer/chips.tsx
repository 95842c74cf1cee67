import { useRef, useState, type ReactElement } from 'react';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { useNamedCallback } from '../parts/names.js';
import { Time } from '../parts/time.js';
import { useKeys } from '../shell/keys.js';
import { useMe } from '../shell/me.js';
import type { Field } from './fields.js';
import { Since } from './filters.js';
import { filtersOf, sinceOf, TIMES, type Search } from './search.js';

const TIME_FIELDS: Readonly<Record<string, Field>> = { since: { label: 'Since', placeholder: '-2h or 2026-01-31T12:00:00Z' }, until: { label: 'Until', placeholder: '-1h or 2026-01-31T12:00:00Z' } };

interface ChipsProps {
  readonly fields: Readonly<Record<string, Field>>;
  readonly search: Search;
  readonly onSearch: (search: Search) => void;
}

/** The filters in force, each value by itself, and a form for one more. They are kept in the page's URL. */
export function Chips({ fields: all, search, onSearch }: ChipsProps): ReactElement {
  const isBound = useMe().data?.tenant != null;
  const fields = Object.entries(all).filter(([name]) => !(isBound && name === 'tenant'));
  const [isAdding, setAdding] = useState(false);
  const adder = useRef<HTMLButtonElement>(null);
  useKeys({ f: () => { setAdding(true); } });
  const set = (name: string, values: readonly string[] | string): void => {
    const others = Object.fromEntries(Object.entries(search).filter(([other]) => other !== name));
    onSearch(values.length === 0 ? others : { ...others, [name]: values });
  };
  const valuesOf = (name: string): readonly string[] => [search[name] ?? []].flat();
  const close = (): void => {
    setAdding(false);
    adder.current?.focus();
  };
  const add = (name: string, value: string): void => {
    set(name, TIMES.includes(name) ? value : [...new Set([...valuesOf(name), value])]);
    close();
  };
  /** The chip has gone, and with it the focus. */
  const remove = (name: string, value: string): void => {
    set(name, valuesOf(name).filter((one) => one !== value));
    adder.current?.focus();
  };
  return (
    <div className="chosen" role="search" aria-label="Filters">
      <Since of={search} onSince={(since) => { set('since', since); }} />
      <ul className="chips">
        {fields.flatMap(([name, field]) =>
          valuesOf(name).map((value) => (
            <Chip key={`${name} ${value}`} name={name} field={field} value={value} onTurn={(turned) => { set(name, valuesOf(name).map((one) => (one === value ? turned : one))); }} onRemove={() => { remove(name, value); }} />
          )),
        )}
        {typeof search.until === 'string' && <li className="chip"><span>Until <Time at={sinceOf(search.until)} /></span><Remove what="Until" onRemove={() => { remove('until', String(search.until)); }} /></li>}
        <li><button ref={adder} type="button" className="small" aria-expanded={isAdding} onClick={() => { setAdding(!isAdding); }}>+ Filter</button></li>
        {Object.keys(filtersOf(search)).length > 0 && <li><button type="button" className="plain" onClick={() => { onSearch(search.columns === undefined ? {} : { columns: search.columns }); adder.current?.focus(); }}>Clear</button></li>}
      </ul>
      {isAdding && <Adding fields={Object.fromEntries([...fields, ...Object.entries(TIME_FIELDS)])} onAdd={add} onClose={close} />}
    </div>
  );
}

interface ChipProps {
  readonly name: string;
  readonly field: Field;
  readonly value: string;
  readonly onTurn: (turned: string) => void;
  readonly onRemove: () => void;
}

/** A value of a filter. Of a closed list it can be turned into its exclusion, and back. */
function Chip({ name, field: { label, canExclude }, value, onTurn, onRemove }: ChipProps): ReactElement {
  const isNot = canExclude === true && value.startsWith('!');
  const bare = isNot ? value.slice(1) : value;
  const what = `${label} ${isNot ? 'is not' : 'is'} ${bare}`;
  return (
    <li className={`chip ${isNot ? 'not' : ''}`}>
      <span className="soft">{label}</span>
      {canExclude && <button type="button" className="plain" aria-label={`${what}: ${isNot ? 'show only these' : 'exclude these'}`} title={isNot ? 'Show only these' : 'Exclude these'} onClick={() => { onTurn(isNot ? bare : `!${bare}`); }}>{isNot ? 'is not' : 'is'}</button>}
      <code title={bare}>{name === 'callback' ? <Named callback={bare} /> : bare}</code>
      <Remove what={what} onRemove={onRemove} />
    </li>
  );
}

const Named = ({ callback }: { callback: string }): string => useNamedCallback(callback)?.name ?? callback;

const Remove = ({ what, onRemove }: { what: string; onRemove: () => void }): ReactElement => <button type="button" className="plain" aria-label={`Remove: ${what}`} onClick={onRemove}>✕</button>;

interface AddingProps {
  readonly fields: Readonly<Record<string, Field>>;
  readonly onAdd: (name: string, value: string) => void;
  readonly onClose: () => void;
}

function Adding({ fields, onAdd, onClose }: AddingProps): ReactElement {
  const [name, choose] = useState(Object.keys(fields)[0] ?? '');
  const { label = '', options, placeholder, pattern, canExclude } = fields[name] ?? {};
  const take = (form: FormData): void => {
    const value = formText(form, 'value').trim();
    // An epoch is kept as a time that one can read; a relative time stays relative.
    onAdd(name, TIMES.includes(name) ? (/^\d+$/.test(value) ? (sinceOf(value) ?? value) : value) : `${formText(form, 'how')}${value}`);
  };
  const judge = (input: HTMLInputElement): void => { input.setCustomValidity(TIMES.includes(name) && sinceOf(input.value.trim()) === null ? 'Not a time. Give -15m, -2h, -7d, a time such as 2026-01-31T12:00:00Z, or an epoch.' : ''); };
  return (
    <Form className="adding" onSubmit={take}>
      <label className="field">Filter by<select autoFocus value={name} onChange={({ target }) => { choose(target.value); }} onKeyDown={({ key }) => { if (key === 'Escape') onClose(); }}>{Object.entries(fields).map(([one, field]) => <option key={one} value={one}>{field.label}</option>)}</select></label>
      {canExclude && <label className="field">Only or not<select name="how"><option value="">is</option><option value="!">is not</option></select></label>}
      <label className="field wide" key={name}>
        {label}
        {options ? <select name="value">{options.map((option) => <option key={option}>{option}</option>)}</select> : <input name="value" required placeholder={placeholder} pattern={pattern ?? '.*\\S.*'} spellCheck={false} autoComplete="off" onInput={({ currentTarget }) => { judge(currentTarget); }} onKeyDown={({ key }) => { if (key === 'Escape') onClose(); }} />}
      </label>
      <div className="actions"><button type="submit" className="primary">Add</button><button type="button" onClick={onClose}>Back</button></div>
    </Form>
  );
}
