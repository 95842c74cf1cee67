import { useMutation } from '@tanstack/react-query';
import { useRef, type ReactElement, type ReactNode } from 'react';
import { Dialog, DialogEnd, Opener, type DialogHandle } from './dialog.js';

interface AskedProps {
  /** The button that opens the question. */
  readonly name: string;
  readonly className?: string;
  readonly question: string;
  /** The button that does it. */
  readonly yes: string;
  /** Whether it cannot be taken back. */
  readonly isFinal?: boolean;
  readonly act: () => Promise<unknown>;
  /** Called after it was done. */
  readonly onDone: () => unknown;
  /** What will happen. */
  readonly children: ReactNode;
}

/** A button that asks before it acts. */
export function Asked({ name, className = '', question, yes, isFinal = false, act, onDone, children }: AskedProps): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: act,
    onSuccess: () => {
      dialog.current?.close();
      return onDone();
    },
  });
  return (
    <>
      <Opener dialog={dialog} className={className}>{name}</Opener>
      <Dialog ref={dialog} title={question} onClose={reset}>
        {children}
        <DialogEnd error={error} isPending={isPending} yes={yes} isFinal={isFinal} onYes={() => { mutate(); }} onBack={() => dialog.current?.close()} />
      </Dialog>
    </>
  );
}
