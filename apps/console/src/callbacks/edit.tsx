import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api, Refused, type Schemas } from '../api/client.js';
import { Dialog, DialogEnd, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';

/** Edits a callback. The API refuses if somebody else has changed it meanwhile. */
export function Edit({ callback }: { callback: Schemas['Callback'] }): ReactElement {
  const { id, version, name, url, timeoutMs, limits, retry } = callback;
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (form: FormData) => {
      const perSecond = formText(form, 'perSecond');
      const body = {
        name: formText(form, 'name'),
        url: formText(form, 'url'),
        timeoutMs: Number(formText(form, 'timeout')) * 1_000,
        limits: { concurrency: Number(formText(form, 'concurrency')), perSecond: perSecond === '' ? null : Number(perSecond) },
        retry: { delaysSeconds: formText(form, 'delays').split(/[\s,]+/).filter(Boolean).map(Number) },
      };
      return answer(api.PATCH('/v1/callbacks/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } }, body }));
    },
    onSuccess: () => dialog.current?.close(),
    onSettled: () => queries.invalidateQueries({ queryKey: ['callback', id] }),
  });
  const isOutdated = error instanceof Refused && error.problem.status === 412;
  return (
    <>
      <button type="button" onClick={() => dialog.current?.open()}>Edit</button>
      <Dialog ref={dialog} title="Where and how it is called">
        <Form key={version} onSubmit={mutate}>
          <label className="field">Name<input name="name" required defaultValue={name} /></label>
          <label className="field">URL<input name="url" type="url" required defaultValue={url} /></label>
          <div className="two">
            <label className="field">Timeout, in seconds<input name="timeout" type="number" min="0.1" step="any" required defaultValue={timeoutMs / 1_000} /></label>
            <label className="field">Requests in flight at most<input name="concurrency" type="number" min="1" required defaultValue={limits.concurrency} /></label>
          </div>
          <label className="field">Requests a second at most; empty = any number<input name="perSecond" type="number" min="0" step="any" defaultValue={limits.perSecond ?? ''} /></label>
          <label className="field">Seconds before each retry<input name="delays" defaultValue={retry.delaysSeconds.join(', ')} /></label>
          {isOutdated && <p className="bad">Somebody has changed it meanwhile. The fields show how it is now; make the change again.</p>}
          <DialogEnd error={isOutdated ? null : error} isPending={isPending} yes="Save" onBack={() => dialog.current?.close()} />
        </Form>
      </Dialog>
    </>
  );
}
