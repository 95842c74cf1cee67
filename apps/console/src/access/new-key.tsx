import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Id } from '../parts/copy.js';
import { Dialog, DialogEnd, type DialogHandle } from '../parts/dialog.js';
import { formText } from '../parts/form-text.js';

const ROLES = ['consumer', 'viewer', 'publisher', 'provider', 'admin'] as const;

/** A new API key, shown once. Closing forgets it. */
export function NewKey(): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: (form: FormData) => {
      const tenant = formText(form, 'tenant');
      return answer(api.POST('/v1/api-keys', { body: { name: formText(form, 'name'), role: formText(form, 'role') as Schemas['Me']['role'], ...(tenant !== '' && { tenant }) } }));
    },
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['api-keys'] }),
  });
  const close = (): void => {
    reset();
    dialog.current?.close();
  };
  return (
    <>
      <button type="button" className="small" onClick={() => dialog.current?.open()}>New key</button>
      <Dialog ref={dialog} title="A new API key">
        {data ? (
          <>
            <p>This is the only time it is shown: <Id of={data.key ?? ''} /></p>
            <div className="actions"><button type="button" className="primary" onClick={close}>I have it</button></div>
          </>
        ) : (
          <form action={mutate}>
            <label className="field">Name<input name="name" required maxLength={100} /></label>
            <label className="field">Role<select name="role">{ROLES.map((role) => <option key={role}>{role}</option>)}</select></label>
            <label className="field">Tenant; none for admins and providers<input name="tenant" spellCheck={false} /></label>
            <DialogEnd error={error} isPending={isPending} yes="Make it" onBack={close} />
          </form>
        )}
      </Dialog>
    </>
  );
}
