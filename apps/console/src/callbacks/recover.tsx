import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, type ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { Dialog, Opener, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { number, some } from '../parts/numbers.js';
import { ProblemBox } from '../parts/problem-box.js';

/** Sends again what this callback has lost. It counts first. */
export function Recover({ id }: { id: string }): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const call = useMutation({
    mutationFn: async ({ since, dryRun }: { since: string; dryRun: boolean }) => ({ since, ...(await answer(api.POST('/v1/callbacks/{id}/recover', { params: { path: { id } }, body: { since, dryRun } }))) }),
  });
  const { data, error, isPending, mutate, reset } = call;
  const close = (): void => { dialog.current?.close(); };
  return (
    <>
      <Opener dialog={dialog}>Recover</Opener>
      <Dialog ref={dialog} title="Send again what failed or expired" onClose={reset}>
        {data?.operation !== undefined ? (
          <>
            <p role="status">It has begun: {some(data.count, 'delivery', 'deliveries')}.</p>
            <div className="actions"><Link className="button" to="/operations">Watch it</Link><button type="button" onClick={close}>Close</button></div>
          </>
        ) : (
          <Form onSubmit={(form) => { mutate({ since: sinceOf(formText(form, 'since')) ?? '', dryRun: true }); }}>
            <label className="field">
              What was published in
              <select name="since" defaultValue="-1d" onChange={reset}>
                <option value="-1h">the last hour</option>
                <option value="-1d">the last day</option>
                <option value="-7d">the last 7 days</option>
                <option value="-30d">the last 30 days</option>
              </select>
            </label>
            {error && <ProblemBox error={error} />}
            <p role="status">{data && <strong>{data.count === 0 ? 'Nothing failed or expired in this time.' : `${some(data.count, 'delivery', 'deliveries')} would be sent again.`}</strong>}</p>
            <div className="actions">
              <button type="button" onClick={close}>Back</button>
              <button className={data ? '' : 'primary'} aria-disabled={isPending}>Count</button>
              {data && data.count > 0 && <button type="button" className="primary" aria-disabled={isPending} onClick={() => { mutate({ since: data.since, dryRun: false }); }}>Send {number.format(data.count)} again</button>}
            </div>
          </Form>
        )}
      </Dialog>
    </>
  );
}
