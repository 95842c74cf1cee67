import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Id } from '../parts/copy.js';
import { Dialog, DialogEnd, Opener, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { Time } from '../parts/time.js';

/** A new signing secret, shown once. Closing forgets it. */
export function RotateSecret({ callback: { id, signing } }: { callback: Schemas['Callback'] }): ReactElement | null {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: (expiresInSeconds: number) => answer(api.POST('/v1/callbacks/{id}/rotate-secret', { params: { path: { id } }, body: { expiresInSeconds, force: false } })),
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['callback', id] }),
  });
  if (signing.scheme === 'none') return null;
  const close = (): void => { dialog.current?.close(); };
  return (
    <>
      <Opener dialog={dialog}>Rotate secret</Opener>
      <Dialog ref={dialog} title="A new signing secret" onClose={reset}>
        {data ? (
          <>
            <p>This is the only time it is shown: <Id of={data.secret ?? ''} /></p>
            <p>{data.oldExpiresAt === null ? 'The old one signs nothing any more.' : <>Both sign until <Time at={data.oldExpiresAt} />: give the receiver the new one before.</>}</p>
            <div className="actions"><button type="button" className="primary" onClick={close}>I have it</button></div>
          </>
        ) : (
          <Form onSubmit={(form) => { mutate(Number(form.get('overlap'))); }}>
            <label className="field">
              The old secret goes on signing, beside the new one, for
              <select name="overlap" defaultValue="7200">
                <option value="0">no time: it ends now</option>
                <option value="7200">2 hours</option>
                <option value="86400">a day</option>
                <option value="604800">a week</option>
              </select>
            </label>
            <DialogEnd error={error} isPending={isPending} yes="Rotate" onBack={close} />
          </Form>
        )}
      </Dialog>
    </>
  );
}
