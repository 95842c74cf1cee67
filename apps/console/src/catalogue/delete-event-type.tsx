import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Dialog, DialogEnd, type DialogHandle } from '../parts/dialog.js';

/** Deletes an event type, after a question. The API refuses if a subscription names it. */
export function DeleteEventType({ eventType: { name, version }, onDeleted }: { eventType: Schemas['EventType']; onDeleted: () => void }): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/event-types/{name}', { params: { path: { name }, header: { 'If-Match': `"${version}"` } } })),
    onSuccess: () => {
      dialog.current?.close();
      onDeleted();
      return queries.invalidateQueries({ queryKey: ['event-types'] });
    },
  });
  return (
    <>
      <button type="button" onClick={() => dialog.current?.open()}>Delete</button>
      <Dialog ref={dialog} title={`Delete “${name}”?`} onClose={reset}>
        <p>Events of this type are refused from then on. Those that were published, and their deliveries, stay in the log.</p>
        <DialogEnd error={error} isPending={isPending} yes="Delete it" isFinal onYes={() => { mutate(); }} onBack={() => dialog.current?.close()} />
      </Dialog>
    </>
  );
}
