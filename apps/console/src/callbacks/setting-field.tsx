import { useId, type ReactElement } from 'react';
import type { Setting } from './setting-list.js';

interface SettingFieldProps {
  readonly setting: Setting;
  readonly text: string;
  /** The profile that presets it; null = it is set here. */
  readonly from: string | null;
  /** What the API has against it. */
  readonly faults: readonly string[];
  /** Absent = the reader may not change it. */
  readonly onChange: ((text: string) => void) | undefined;
  readonly onUndo: () => void;
}

/** A setting, and where its value is from. What is set here can be given back to the profile. */
export function SettingField({ setting: { label, hint, options, input, isPlain }, text, from, faults, onChange, onUndo }: SettingFieldProps): ReactElement {
  const id = useId();
  const notes = hint !== undefined || faults.length > 0 ? { 'aria-describedby': `${id}-notes` } : {};
  const isWrong = faults.length > 0 && { 'aria-invalid': true as const };
  return (
    <div className="setting">
      <div className="origin">
        {onChange ? <label htmlFor={id}>{label}</label> : <span>{label}</span>}
        {!isPlain && (from === null ? <span className="here">set here{onChange && <> <button type="button" className="plain small" onClick={onUndo} aria-label={`Undo: ${label}`} title="Take the profile’s value again">Undo</button></>}</span> : <span className="soft">from {from}</span>)}
      </div>
      {!onChange ? (
        <span className="value">{options?.find(([value]) => value === text)?.[1] ?? (text || '–')}</span>
      ) : options ? (
        <select id={id} value={text} onChange={({ target }) => { onChange(target.value); }} {...notes} {...isWrong}>
          {options.map(([value, name]) => <option key={value} value={value}>{name}</option>)}
        </select>
      ) : (
        <input id={id} value={text} onChange={({ target }) => { onChange(target.value); }} {...input} {...notes} {...isWrong} />
      )}
      {'aria-describedby' in notes && (
        <div id={`${id}-notes`}>
          {hint !== undefined && onChange && <p className="soft">{hint}</p>}
          {faults.map((fault) => <p key={fault} className="bad">{fault}</p>)}
        </div>
      )}
    </div>
  );
}
