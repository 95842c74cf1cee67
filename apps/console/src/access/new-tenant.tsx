import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { Dialog, DialogEnd, Opener, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { labelsIn, LabelsField } from '../parts/labels.js';

/** Makes a tenant. */
export function NewTenant(): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: (form: FormData) => answer(api.POST('/v1/tenants', { body: { id: formText(form, 'id'), name: formText(form, 'name'), labels: labelsIn(formText(form, 'labels')) } })),
    onSuccess: () => {
      dialog.current?.close();
      return queries.invalidateQueries({ queryKey: ['tenants'] });
    },
  });
  return (
    <>
      <Opener dialog={dialog} className="small">New tenant</Opener>
      <Dialog ref={dialog} title="A new tenant" onClose={reset}>
        <Form onSubmit={mutate}>
          <label className="field">Id, which events name; it cannot be changed<input name="id" required maxLength={100} spellCheck={false} placeholder="acme" /></label>
          <label className="field">Name<input name="name" required maxLength={100} placeholder="Acme Corporation" /></label>
          <LabelsField />
          <DialogEnd error={error} isPending={isPending} yes="Create it" onBack={() => dialog.current?.close()} />
        </Form>
      </Dialog>
    </>
  );
}
