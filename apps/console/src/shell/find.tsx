import { useNavigate } from '@tanstack/react-router';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { createPortal } from 'react-dom';
import type { Schemas } from '../api/client.js';
import { useFindings, type Finding } from './findings.js';
import { useKeys } from './keys.js';

/** Goes to a page, or to anything by its name or id. `/` and Ctrl+K open it. */
export function Find({ role }: { role: Schemas['Me']['role'] }): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useId();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [chosen, choose] = useState(0);
  const findings = useFindings(text, role);
  const open = (): void => {
    setText('');
    choose(0);
    dialog.current?.showModal();
  };
  useKeys({ '/': open });
  useControlK(open);
  const go = (finding: Finding | undefined): void => {
    if (!finding) return;
    dialog.current?.close();
    void navigate({ href: finding.href });
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') go(findings[chosen]);
    if (step === undefined) return;
    event.preventDefault();
    choose((chosen + step + findings.length) % (findings.length || 1));
  };
  return (
    <>
      <button type="button" className="find" onClick={open} aria-keyshortcuts="/ Control+K">
        Find <kbd>/</kbd>
      </button>
      {/* In the body: on a narrow screen the button may be in a menu that is closed. */}
      {createPortal(<dialog ref={dialog} className="palette" aria-label="Find">
        <input
          role="combobox"
          aria-label="A page, a name, or an id"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={findings[chosen] && `${list}-${chosen}`}
          placeholder="A page, a name, an event’s subject, or any id"
          autoComplete="off"
          spellCheck={false}
          autoFocus
          value={text}
          onChange={({ target }) => { setText(target.value); choose(0); }}
          onKeyDown={onKey}
        />
        <ul id={list} role="listbox" aria-label="What was found">
          {findings.map((finding, i) => (
            <li key={finding.href} id={`${list}-${i}`} role="option" aria-selected={i === chosen} onClick={() => { go(finding); }} onMouseMove={() => { choose(i); }}>
              <span>{finding.name}</span>
              <span className="soft">{finding.kind}</span>
            </li>
          ))}
        </ul>
        {findings.length === 0 && <p role="status" className="soft">Nothing has this name, id or subject, or it is not yours.</p>}
      </dialog>, document.body)}
    </>
  );
}

/** Ctrl+K or ⌘K, anywhere. */
function useControlK(open: () => void): void {
  useEffect(() => {
    const listen = (event: globalThis.KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      open();
    };
    addEventListener('keydown', listen);
    return () => { removeEventListener('keydown', listen); };
  });
}
