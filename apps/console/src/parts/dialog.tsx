import { useEffect, useId, useImperativeHandle, useLayoutEffect, useRef, useState, type ReactElement, type ReactNode, type Ref, type RefObject } from 'react';
import { createPortal } from 'react-dom';
import { ProblemBox } from './problem-box.js';

export interface DialogHandle {
  open: () => void;
  close: () => void;
}

interface DialogProps {
  readonly ref: Ref<DialogHandle>;
  readonly title: string;
  /** Called after it was closed in any way, also by Escape. Forgets the answer, the error and the choices; null = it has none. */
  readonly onClose: (() => void) | null;
  readonly children: ReactNode;
}

/**
 * The browser's own modal dialog: it keeps the focus, closes on Escape, and gives the focus back. Its content is in the page only while it is open, so
 * that fields begin anew, and a secret that was shown is gone.
 */
export function Dialog({ ref, title, onClose, children }: DialogProps): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);
  const heading = useId();
  useImperativeHandle(ref, () => ({ open: () => { setOpen(true); }, close: () => element.current?.close() }));
  useLayoutEffect(() => {
    if (isOpen) element.current?.showModal();
  }, [isOpen]);
  // What had the focus may be gone, such as the form whose result is shown now, whichever part of the content has drawn that.
  useEffect(() => {
    const dialog = element.current;
    if (!isOpen || !dialog) return undefined;
    const changes = new MutationObserver(() => {
      const title = dialog.querySelector('h2');
      if (!title || document.activeElement !== document.body) return;
      // Only now, or the dialog would open with the focus on its title.
      title.tabIndex = -1;
      title.focus();
    });
    changes.observe(dialog, { childList: true, subtree: true });
    return () => { changes.disconnect(); };
  }, [isOpen]);
  // What opened it may be gone, such as the button of a form that was saved.
  useEffect(() => {
    if (!isOpen) return undefined;
    return () => {
      if (document.activeElement === document.body) document.querySelector('main')?.focus({ preventScroll: true });
    };
  }, [isOpen]);
  const closed = (): void => {
    setOpen(false);
    onClose?.();
  };
  // In the body, so that it takes nothing from the style of what opens it, such as a cell of a table.
  return createPortal(
    <dialog ref={element} aria-labelledby={heading} onClose={closed}>
      {isOpen && (
        <div className="body">
          <h2 id={heading}>{title}</h2>
          {children}
        </div>
      )}
    </dialog>,
    document.body,
  );
}

interface OpenerProps {
  readonly dialog: RefObject<DialogHandle | null>;
  readonly className?: string;
  readonly children: string;
}

/** The button that opens a dialog. Its label ends in “…”: nothing happens before the reader has answered. */
export const Opener = ({ dialog, className, children }: OpenerProps): ReactElement => (
  <button type="button" className={className} onClick={() => dialog.current?.open()}>{children}…</button>
);

interface DialogEndProps {
  /** null = nothing went wrong. */
  readonly error: Error | null;
  readonly isPending: boolean;
  /** The label of the button that does it. */
  readonly yes: string;
  /** Absent in a form, which is submitted. */
  readonly onYes?: () => void;
  /** The label of the other button; default: Back. */
  readonly back?: string;
  /** Whether what it does cannot be taken back. */
  readonly isFinal?: boolean;
  readonly onBack: () => void;
}

/** The end of a dialog: the error, if there is one, and the two buttons. It stays in view while a long dialog is scrolled. */
export const DialogEnd = ({ error, isPending, yes, onYes, back = 'Back', isFinal = false, onBack }: DialogEndProps): ReactElement => (
  <div className="end">
    {error && <ProblemBox error={error} />}
    <div className="actions">
      <button type="button" onClick={onBack}>{back}</button>
      {/* Not `disabled`, which would take the focus away. */}
      <button type={onYes ? 'button' : 'submit'} className={isFinal ? 'primary final' : 'primary'} aria-disabled={isPending} {...(onYes && !isPending && { onClick: onYes })}>{yes}</button>
    </div>
  </div>
);
