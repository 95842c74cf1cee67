import { useId, useImperativeHandle, useRef, type ReactElement, type ReactNode, type Ref } from 'react';
import { ProblemBox } from './problem-box.js';

export interface DialogHandle {
  open: () => void;
  close: () => void;
}

/** The browser's own modal dialog: it keeps the focus, closes on Escape, and gives the focus back. */
export function Dialog({ ref, title, children }: { ref: Ref<DialogHandle>; title: string; children: ReactNode }): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useImperativeHandle(ref, () => ({ open: () => element.current?.showModal(), close: () => element.current?.close() }));
  return (
    <dialog ref={element} aria-labelledby={heading}>
      <div className="body">
        <h2 id={heading}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface DialogEndProps {
  /** null = nothing went wrong. */
  readonly error: Error | null;
  readonly isPending: boolean;
  /** The label of the button that does it. */
  readonly yes: string;
  /** Absent in a form, which is submitted. */
  readonly onYes?: () => void;
  readonly onBack: () => void;
}

/** The end of a dialog: the error, if there is one, and the two buttons. */
export const DialogEnd = ({ error, isPending, yes, onYes, onBack }: DialogEndProps): ReactElement => (
  <>
    {error && <ProblemBox error={error} />}
    <div className="actions">
      <button type="button" onClick={onBack}>Back</button>
      <button type={onYes ? 'button' : 'submit'} className="primary" disabled={isPending} {...(onYes && { onClick: onYes })}>{yes}</button>
    </div>
  </>
);
