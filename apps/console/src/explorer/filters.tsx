import { useState, type ReactElement } from 'react';
import { useMe } from '../shell/me.js';
import type { Search } from './search.js';

export interface FilterField {
  readonly name: string;
  readonly label: string;
  /** What one can choose; without it text. */
  readonly options?: readonly string[];
  readonly placeholder?: string;
  readonly isWide?: boolean;
}

const SINCE: readonly (readonly [value: string, label: string])[] = [['', 'Any time'], ['-15m', 'Last 15 minutes'], ['-1h', 'Last hour'], ['-1d', 'Last day'], ['-7d', 'Last 7 days'], ['-30d', 'Last 30 days']];

interface FiltersProps {
  readonly fields: readonly FilterField[];
  readonly search: Search;
  readonly onSearch: (search: Search) => void;
  /** Whether there is a filter by time; true where absent. */
  readonly hasTime?: boolean;
}

/** Filters that are the page's URL: changing one changes the other. On a narrow screen they are shown when asked for. */
export function Filters({ fields, search, onSearch, hasTime = true }: FiltersProps): ReactElement {
  const isBound = useMe().data?.tenant != null;
  const set = (name: string, value: string): void => {
    const others = Object.fromEntries(Object.entries(search).filter(([other]) => other !== name));
    onSearch(value === '' ? others : { ...others, [name]: name === 'since' ? value : [value] });
  };
  const valueOf = (name: string): string => [search[name] ?? ''].flat()[0] ?? '';
  const [isOpen, setOpen] = useState(false);
  const count = Object.keys(search).length;
  return (
    <div className="filters" role="search" aria-label="Filters" data-open={isOpen}>
      <button type="button" className="menu-button" aria-expanded={isOpen} onClick={() => { setOpen(!isOpen); }}>{count === 0 ? 'Filters' : `Filters: ${count}`}</button>
      {fields.filter(({ name }) => !(isBound && name === 'tenant')).map(({ name, label, options, placeholder, isWide }) => (
        <label key={name} className={`field ${isWide ? 'wide' : ''}`}>
          {label}
          {options ? (
            <select value={valueOf(name)} onChange={({ target }) => { set(name, target.value); }}>
              <option value="">Any</option>
              {options.map((option) => (
                <option key={option}>{option}</option>
              ))}
            </select>
          ) : (
            <input
              key={valueOf(name)}
              defaultValue={valueOf(name)}
              placeholder={placeholder}
              spellCheck={false}
              onBlur={({ target }) => { if (target.value.trim() !== valueOf(name)) set(name, target.value.trim()); }}
              onKeyDown={({ key, currentTarget }) => { if (key === 'Enter') set(name, currentTarget.value.trim()); }}
            />
          )}
        </label>
      ))}
      {hasTime && <label className="field">
        Since
        <select value={valueOf('since')} onChange={({ target }) => { set('since', target.value); }}>
          {SINCE.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
          {!SINCE.some(([value]) => value === valueOf('since')) && <option>{valueOf('since')}</option>}
        </select>
      </label>}
      {count > 0 && (
        <button type="button" onClick={() => { onSearch({}); }}>
          Clear
        </button>
      )}
    </div>
  );
}

export const ERROR_CLASSES = ['dns', 'connect', 'tls', 'timeout', 'http', 'redirect', 'blocked_address', 'too_large', 'invalid_response', 'token', 'internal'] as const;

const number = new Intl.NumberFormat('en-GB');

/** How many are selected; `≈` where the server estimates. */
export const Count = ({ of }: { of: { value: number; exact: boolean } | undefined }): ReactElement | null =>
  of ? (
    <span className="soft">
      {of.exact ? '' : '≈ '}
      {number.format(of.value)}
    </span>
  ) : null;
