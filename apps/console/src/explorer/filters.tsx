import { useId, useState, type ReactElement } from 'react';
import { useMe } from '../shell/me.js';
import { Choices, hasChoices } from '../parts/choices.js';
import { useNamedCallback, useNamedCredential } from '../parts/names.js';
import { number } from '../parts/numbers.js';
import { Time } from '../parts/time.js';
import { LABEL_FIELD, type Field } from './fields.js';
import { filtersOf, TIMES, type Search } from './search.js';

export interface FilterField extends Field {
  readonly name: string;
  readonly isWide?: boolean;
}

const SINCE: readonly (readonly [value: string, label: string])[] = [['', 'Any time'], ['-15m', 'Last 15 minutes'], ['-1h', 'Last hour'], ['-1d', 'Last day'], ['-7d', 'Last 7 days'], ['-30d', 'Last 30 days']];

interface FiltersProps {
  readonly fields: readonly FilterField[];
  readonly search: Search;
  readonly onSearch: (search: Search) => void;
  /** Whether there is a filter by time. */
  readonly hasTime: boolean;
}

/** Filters, which are kept in the page's URL. On a narrow screen a button shows them. */
export function Filters({ fields, search, onSearch, hasTime }: FiltersProps): ReactElement {
  const isBound = useMe().data?.tenant != null;
  const set = (name: string, value: string): void => {
    const others = Object.fromEntries(Object.entries(search).filter(([other]) => other !== name));
    onSearch(value === '' ? others : { ...others, [name]: TIMES.includes(name) ? value : [value] });
  };
  const valueOf = (name: string): string => [search[name] ?? ''].flat()[0] ?? '';
  const [isOpen, setOpen] = useState(false);
  const count = Object.keys(filtersOf(search)).length;
  return (
    <div className="filters" role="search" aria-label="Filters" data-open={isOpen}>
      <button type="button" className="menu-button" aria-expanded={isOpen} onClick={() => { setOpen(!isOpen); }}>{count === 0 ? 'Filters' : `Filters: ${count}`}</button>
      {fields.filter(({ name }) => !(isBound && name === 'tenant')).map((field) => (
        <label key={field.name} className={`field ${field.isWide ? 'wide' : ''}`}>
          {field.options ? (
            <>
              {field.label}
              <select value={valueOf(field.name)} onChange={({ target }) => { set(field.name, target.value); }}>
                <option value="">Any</option>
                {field.options.map((option) => (
                  <option key={option}>{option}</option>
                ))}
              </select>
            </>
          ) : (
            <TextFilter key={valueOf(field.name)} field={field} value={valueOf(field.name)} onValue={(value) => { set(field.name, value); }} />
          )}
        </label>
      ))}
      {hasTime && <Since of={search} onSince={(since) => { set('since', since); }} />}
      {hasTime && search.until !== undefined && <button type="button" onClick={() => { set('until', ''); }}>until <Time at={valueOf('until')} /> <span aria-label="remove">✕</span></button>}
      {count > 0 && (
        <button type="button" onClick={() => { onSearch({}); }}>
          Clear
        </button>
      )}
    </div>
  );
}

interface TextFilterProps {
  readonly field: FilterField;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

/** A filter that is typed: an id, of which those that exist are offered, or any text. */
function TextFilter({ field: { name, label, placeholder, pattern }, value, onValue }: TextFilterProps): ReactElement {
  const list = useId();
  const Name = NAMES[name];
  const [isOffering, setOffering] = useState(false);
  const take = (input: HTMLInputElement): void => { if (input.reportValidity() && input.value.trim() !== value) onValue(input.value.trim()); };
  return (
    <>
      <span className="of">{label}{value !== '' && Name && <Name id={value} />}</span>
      <input
        defaultValue={value}
        placeholder={placeholder}
        list={hasChoices(name) ? list : undefined}
        pattern={pattern}
        spellCheck={false}
        autoComplete="off"
        onFocus={() => { setOffering(true); }}
        onBlur={({ target }) => { take(target); }}
        onKeyDown={({ key, currentTarget }) => { if (key === 'Enter') take(currentTarget); }}
      />
      {isOffering && hasChoices(name) && <Choices of={name} list={list} />}
    </>
  );
}

const Called = ({ name }: { name: string | undefined }): ReactElement | null => (name === undefined ? null : <span className="called" title={name}>: {name}</span>);
const CallbackCalled = ({ id }: { id: string }): ReactElement => <Called name={useNamedCallback(id)?.name} />;
const CredentialCalled = ({ id }: { id: string }): ReactElement => <Called name={useNamedCredential(id)?.name} />;

/** What an id stands for, which does not say so itself. */
const NAMES: Readonly<Record<string, typeof CallbackCalled>> = { callback: CallbackCalled, credential: CredentialCalled };

/** The usual ranges until now, and the one that is chosen. */
export function Since({ of: { since }, onSince }: { of: Search; onSince: (since: string) => void }): ReactElement {
  const chosen = typeof since === 'string' ? since : '';
  return (
    <label className="field">
      Since
      <select value={chosen} onChange={({ target }) => { onSince(target.value); }}>
        {SINCE.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
        {!SINCE.some(([value]) => value === chosen) && <option>{chosen}</option>}
      </select>
    </label>
  );
}

/** The labels of filters, by name. */
export const labelsOf = (fields: readonly FilterField[]): Readonly<Record<string, string>> => ({ since: 'Since', until: 'Until', ...Object.fromEntries(fields.map(({ name, label }) => [name, label])) });
/** By a label of what is listed. */
export const LABEL: FilterField = { name: 'label', ...LABEL_FIELD };

/** How many the filters select; `≈` = the server has estimated it. */
export const Count = ({ of }: { of: { value: number; exact: boolean } | undefined }): ReactElement | null =>
  of ? (
    <span className="soft">
      {of.exact ? '' : '≈ '}
      {number.format(of.value)}
    </span>
  ) : null;
