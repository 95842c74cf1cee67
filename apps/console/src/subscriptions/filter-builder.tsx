import { useId, useState, type ReactElement } from 'react';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { isGroup, readFilter, toFilter, toTree, type Comparison, type Filter, type Group, type Node, type Value } from './filter-tree.js';

interface FilterBuilderProps {
  /** null = every event of its types. */
  readonly filter: Filter | null;
  readonly onFilter: (filter: Filter | null) => void;
  /** Attributes and pointers to choose from. */
  readonly paths: readonly string[];
}

const EMPTY: Comparison = { kind: 'exact', path: '', value: '' };

/** Edits a filter as a tree of lines, or as JSON. */
export function FilterBuilder({ filter, onFilter, paths }: FilterBuilderProps): ReactElement {
  const list = useId();
  if (!filter)
    return (
      <p>
        Every event of these types. <button type="button" onClick={() => { onFilter(toFilter({ kind: 'all', of: [EMPTY] })); }}>Only some of them…</button>
      </p>
    );
  const tree = toTree(filter);
  return (
    <>
      <datalist id={list}>{paths.map((path) => <option key={path} value={path} />)}</datalist>
      <GroupEditor group={isGroup(tree) ? tree : { kind: 'all', of: [tree] }} list={list} onGroup={(group) => { onFilter(toFilter(group)); }} />
      <div className="actions"><button type="button" className="small" onClick={() => { onFilter(null); }}>Without a filter</button></div>
      <AsJson key={JSON.stringify(filter)} filter={filter} onFilter={onFilter} />
    </>
  );
}

const KINDS: Readonly<Record<Group['kind'], string>> = { all: 'All of these hold', any: 'At least one of these holds', none: 'None of these holds' };

interface GroupEditorProps {
  readonly group: Group;
  readonly list: string;
  readonly onGroup: (group: Group) => void;
  readonly onRemove?: () => void;
}

function GroupEditor({ group, list, onGroup, onRemove }: GroupEditorProps): ReactElement {
  const replace = (i: number, node: Node): void => { onGroup({ ...group, of: group.of.with(i, node) }); };
  const remove = (i: number): void => { onGroup({ ...group, of: group.of.toSpliced(i, 1) }); };
  const add = (node: Node): void => { onGroup({ ...group, of: [...group.of, node] }); };
  return (
    <fieldset className="group">
      <legend>
        <select aria-label="How these are combined" value={group.kind} onChange={({ target }) => { onGroup({ ...group, kind: target.value as Group['kind'] }); }}>
          {Object.entries(KINDS).map(([kind, words]) => <option key={kind} value={kind}>{words}</option>)}
        </select>
        {onRemove && <button type="button" className="plain" onClick={onRemove}>Remove these</button>}
      </legend>
      {group.of.map((node, i) =>
        isGroup(node) ? (
          <GroupEditor key={i} group={node} list={list} onGroup={(inner) => { replace(i, inner); }} onRemove={() => { remove(i); }} />
        ) : (
          <Line key={i} line={node} list={list} onLine={(line) => { replace(i, line); }} onRemove={() => { remove(i); }} />
        ),
      )}
      <div className="actions">
        <button type="button" className="small" onClick={() => { add(EMPTY); }}>Compare…</button>
        <button type="button" className="small" onClick={() => { add({ kind: 'any', of: [EMPTY] }); }}>Combine…</button>
      </div>
    </fieldset>
  );
}

const COMPARISONS: Readonly<Record<Comparison['kind'], string>> = { exact: 'is', prefix: 'begins with', suffix: 'ends with' };
/** The types of a value in the payload, and the value that each begins with. */
const TYPES: Readonly<Record<string, readonly [name: string, first: Value]>> = { string: ['text', ''], number: ['number', 0], true: ['true', true], false: ['false', false], null: ['null', null] };
const typeOf = (value: Value): string => (typeof value === 'string' || typeof value === 'number' ? typeof value : String(value));

interface LineProps {
  readonly line: Comparison;
  readonly list: string;
  readonly onLine: (line: Comparison) => void;
  readonly onRemove: () => void;
}

function Line({ line, list, onLine, onRemove }: LineProps): ReactElement {
  const { kind, path, value } = line;
  const isTyped = kind === 'exact' && path.startsWith('/');
  const asText = (changed: Partial<Comparison>): Comparison => ({ ...line, value: typeof value === 'string' ? value : '', ...changed });
  return (
    <div className="comparison">
      <input aria-label="Attribute, or pointer into the payload" placeholder="/data/country, source" list={list} spellCheck={false} value={path} onChange={({ target }) => { onLine(target.value.startsWith('/') ? { ...line, path: target.value } : asText({ path: target.value })); }} />
      <select aria-label="Comparison" value={kind} onChange={({ target }) => { onLine(target.value === 'exact' ? { ...line, kind: 'exact' } : asText({ kind: target.value as Comparison['kind'] })); }}>
        {Object.entries(COMPARISONS).map(([name, words]) => <option key={name} value={name}>{words}</option>)}
      </select>
      {isTyped && (
        <select aria-label="Type of the value" value={typeOf(value)} onChange={({ target }) => { onLine({ ...line, value: TYPES[target.value]?.[1] ?? null }); }}>
          {Object.entries(TYPES).map(([type, [name]]) => <option key={type} value={type}>{name}</option>)}
        </select>
      )}
      {typeof value === 'number' ? (
        <input aria-label="Value" type="number" step="any" defaultValue={value} onChange={({ target }) => { onLine({ ...line, value: Number(target.value) }); }} />
      ) : typeof value === 'string' ? (
        <input aria-label="Value" spellCheck={false} value={value} onChange={({ target }) => { onLine({ ...line, value: target.value }); }} />
      ) : null}
      <button type="button" className="plain" aria-label={`Remove ${path || 'this line'}`} onClick={onRemove}>✕</button>
    </div>
  );
}

function AsJson({ filter, onFilter }: { filter: Filter; onFilter: (filter: Filter) => void }): ReactElement {
  const [fault, setFault] = useState('');
  const take = (form: FormData): void => {
    const read = readFilter(formText(form, 'filter'));
    if (read) onFilter(read);
    else setFault('This is no filter: an object with one of exact, prefix, suffix, all, any, not.');
  };
  return (
    <details>
      <summary>As JSON</summary>
      <Form key={JSON.stringify(filter)} onSubmit={take} className="stack">
        <textarea name="filter" aria-label="The filter as JSON" rows={8} className="mono" spellCheck={false} defaultValue={JSON.stringify(filter, null, 2)} />
        <p role="alert" className="bad">{fault}</p>
        <div className="actions"><button className="small">Take this</button></div>
      </Form>
    </details>
  );
}
