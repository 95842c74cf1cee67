import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { Id } from '../parts/copy.js';
import { Dialog, DialogEnd, Opener, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { TenantField } from '../parts/tenant-field.js';
import { useMe } from '../shell/me.js';

const PROFILES = ['persona', 'webhookie', 'standard'] as const;

/** Makes a callback. Its signing secret is shown once. Closing the dialog forgets it, and calls `onMade`. */
export function NewCallback({ onMade, isPrimary = true }: { onMade: (id: string) => void; isPrimary?: boolean }): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const isBound = useMe().data?.tenant != null;
  const [tenant, setTenant] = useState('');
  const all = useQuery({ queryKey: ['credentials', 'choice'], queryFn: () => answer(api.GET('/v1/credentials', { params: { query: { limit: 100 } } })) }).data?.items ?? [];
  const credentials = all.filter((credential) => tenant === '' || credential.tenant === tenant);
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: (form: FormData) => {
      const [tenant, credential] = [formText(form, 'tenant'), formText(form, 'credential')];
      const profile = PROFILES.find((name) => name === formText(form, 'profile')) ?? null;
      return answer(api.POST('/v1/callbacks', { body: { name: formText(form, 'name'), url: formText(form, 'url'), profile, ...(tenant !== '' && { tenant }), ...(credential !== '' && { authentication: { type: 'oauth2', credential } }) } }));
    },
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['callbacks'] }),
  });
  const close = (): void => { dialog.current?.close(); };
  const closed = (): void => {
    if (data) onMade(data.id);
    reset();
    setTenant('');
  };
  const secret = data?.signing.secret;
  return (
    <>
      <Opener dialog={dialog} className={isPrimary ? 'primary' : ''}>New callback</Opener>
      <Dialog ref={dialog} title="A new callback" onClose={closed}>
        {data ? (
          <>
            <p><strong>{data.name}</strong> is there.</p>
            {secret !== undefined && <p>Its signing secret, which is shown this once: <Id of={secret} /></p>}
            <div className="actions"><button type="button" className="primary" onClick={close}>{secret === undefined ? 'Go on' : 'I have it'}</button></div>
          </>
        ) : (
          <Form onSubmit={mutate}>
            <label className="field">Name<input name="name" required maxLength={100} /></label>
            <label className="field">URL<input name="url" type="url" required placeholder="https://" /></label>
            {!isBound && <TenantField isRequired onTenant={setTenant} />}
            <div className="two">
              <label className="field">Profile<select name="profile" defaultValue="standard">{PROFILES.map((profile) => <option key={profile}>{profile}</option>)}</select></label>
              <label className="field">
                OAuth 2.0
                <select name="credential">
                  <option value="">without</option>
                  {credentials.map(({ id, name, tenant }) => <option key={id} value={id}>{isBound ? name : `${name} of ${tenant}`}</option>)}
                </select>
              </label>
            </div>
            <DialogEnd error={error} isPending={isPending} yes="Create it" onBack={close} />
          </Form>
        )}
      </Dialog>
    </>
  );
}
