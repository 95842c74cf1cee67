import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api, Refused, type Schemas } from '../api/client.js';
import { Dialog, DialogEnd, Opener, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { LabelsField, labelsIn } from '../parts/labels.js';
import { TenantField } from '../parts/tenant-field.js';
import { useMe } from '../shell/me.js';

const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;

interface CredentialFormProps {
  /** The one to edit; absent = a new one. */
  readonly credential?: Schemas['Credential'];
  /** Called with its id. */
  readonly onSaved?: (id: string) => void;
}

/** Makes or edits a credential. Client id and secret are never shown again; when editing, empty ones stay as they are. */
export function CredentialForm({ credential, onSaved }: CredentialFormProps): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const isBound = useMe().data?.tenant != null;
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: (form: FormData) => {
      const given = (name: string): string | null => formText(form, name) || null;
      const tenant = formText(form, 'tenant');
      const authMethod = METHODS.find((method) => method === formText(form, 'authMethod')) ?? null;
      const labels = { ...Object.fromEntries(Object.keys(credential?.labels ?? {}).map((name) => [name, null])), ...labelsIn(formText(form, 'labels')) };
      const body = { name: formText(form, 'name'), tokenUrl: given('tokenUrl'), issuer: given('issuer'), clientId: given('clientId'), clientSecret: given('clientSecret'), scope: given('scope'), audience: given('audience'), ...(authMethod && { authMethod }), labels };
      if (credential) return answer(api.PATCH('/v1/credentials/{id}', { params: { path: { id: credential.id }, header: { 'If-Match': `"${credential.version}"` } }, body }));
      return answer(api.POST('/v1/credentials', { body: { ...body, ...(tenant !== '' && { tenant }) } }));
    },
    gcTime: 0,
    onSuccess: ({ id }) => {
      dialog.current?.close();
      onSaved?.(id);
    },
    onSettled: () => Promise.all([queries.invalidateQueries({ queryKey: ['credentials'] }), credential && queries.invalidateQueries({ queryKey: ['credential', credential.id] })]),
  });
  const isOutdated = error instanceof Refused && error.problem.status === 412;
  // A method that the form does not offer stays as it is.
  const methods = credential && !METHODS.some((method) => method === credential.authMethod) ? [credential.authMethod] : METHODS;
  const kept = credential ? 'empty = as it is' : undefined;
  return (
    <>
      <Opener dialog={dialog} className={credential ? '' : 'primary'}>{credential ? 'Edit' : 'New credential'}</Opener>
      <Dialog ref={dialog} title={credential ? 'How a token is asked for' : 'A new credential'} onClose={reset}>
        <Form key={credential?.version ?? 0} onSubmit={mutate}>
          <div className={isBound || credential ? 'stack' : 'two'}>
            <label className="field">Name<input name="name" required maxLength={100} defaultValue={credential?.name} /></label>
            {!isBound && !credential && <TenantField isRequired />}
          </div>
          <label className="field">Token URL<input name="tokenUrl" type="url" placeholder="https://id.example.com/oauth2/token" defaultValue={credential?.tokenUrl ?? ''} /></label>
          <label className="field">Or the issuer, whose metadata has the token URL<input name="issuer" type="url" placeholder="https://id.example.com" defaultValue={credential?.issuer ?? ''} /></label>
          <label className="field">How the client authenticates<select name="authMethod" defaultValue={credential?.authMethod}>{methods.map((method) => <option key={method}>{method}</option>)}</select></label>
          <div className="two">
            <label className="field">Client id<input name="clientId" required={!credential} autoComplete="off" spellCheck={false} placeholder={kept} /></label>
            <label className="field">Client secret<input name="clientSecret" type="password" autoComplete="new-password" placeholder={kept} /></label>
            <label className="field">Scope<input name="scope" spellCheck={false} defaultValue={[credential?.scope ?? []].flat().join(' ')} /></label>
            <label className="field">Audience<input name="audience" spellCheck={false} defaultValue={credential?.audience ?? ''} /></label>
          </div>
          <LabelsField of={credential?.labels ?? {}} />
          <p className="soft">{credential ? 'A token URL of another origin needs client id and secret again.' : 'With private_key_jwt there is no secret: the key is made here, and its public half is on the credential’s page.'}</p>
          {isOutdated && <p className="bad">Somebody has changed it meanwhile. The fields show how it is now; make the change again.</p>}
          <DialogEnd error={isOutdated ? null : error} isPending={isPending} yes={credential ? 'Save' : 'Create it'} onBack={() => dialog.current?.close()} />
        </Form>
      </Dialog>
    </>
  );
}
