import { useMutation } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { Dialog, type DialogHandle } from '../parts/dialog.js';
import { Failure } from '../parts/failure.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Response } from '../parts/response.js';
import { State } from '../parts/state.js';
import { duration } from '../parts/time.js';

/** Sends a sample, and says what came of it. */
export function Test({ id }: { id: string }): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const { mutate, data, error, isPending, reset } = useMutation({ mutationFn: () => answer(api.POST('/v1/callbacks/{id}/test', { params: { path: { id } } })) });
  const start = (): void => {
    dialog.current?.open();
    mutate();
  };
  return (
    <>
      <button type="button" onClick={start}>Test</button>
      <Dialog ref={dialog} title="A sample delivery" onClose={reset}>
        <div role="status" className="stack">
          {isPending && <p>Sent; waiting for the answer, which may take 30 seconds…</p>}
          {data && <p><State of={data.ok ? 'delivered' : 'failed'} /> {data.status ?? 'no answer'}{typeof data.timingsMs.total === 'number' && ` after ${duration(data.timingsMs.total)}`}</p>}
          {data && <Failure of={data} />}
        </div>
        {data?.response && <Response response={data.response} />}
        {error && <ProblemBox error={error} />}
        <div className="actions"><button type="button" onClick={() => dialog.current?.close()}>Close</button></div>
      </Dialog>
    </>
  );
}
