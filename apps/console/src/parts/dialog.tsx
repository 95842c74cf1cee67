import { useId, useImperativeHandle, useRef, type ReactElement, type ReactNode, type Ref } from 'react';

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
