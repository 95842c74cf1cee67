import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Id } from '../parts/copy.js';
import { Dialog, DialogEnd, Opener, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { Time } from '../parts/time.js';
import { useMe } from '../shell/me.js';
import { OfSettings } from './bootstrap-key.js';

const LOOK_EVERY_MS = 10_000;

/** Replaces a key: makes a successor with the same rights, shows it once, says when the old one was last used, and revokes it. */
export function RotateKey({ apiKey }: { apiKey: Schemas['ApiKey'] }): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: (form: FormData) => {
      const { role, tenant, groups, labels } = apiKey;
      const expires = formText(form, 'expires');
      return answer(api.POST('/v1/api-keys', { body: { name: formText(form, 'name'), role, groups, labels, ...(tenant !== null && { tenant }), ...(expires !== '' && { expiresAt: new Date(`${expires}T00:00`).toISOString() }) } }));
    },
    gcTime: 0,
  });
  const revoke = useMutation({ mutationFn: () => answer(api.DELETE('/v1/api-keys/{id}', { params: { path: { id: apiKey.id } } })) });
  /** The list is read anew only now: the row of a revoked key goes, and this dialog with it. */
  const closed = (): void => {
    make.reset();
    revoke.reset();
    void queries.invalidateQueries({ queryKey: ['api-keys'] });
  };
  const close = (): void => { dialog.current?.close(); };
  return (
    <>
      <Opener dialog={dialog} className="small">Rotate</Opener>
      <Dialog ref={dialog} title={`Rotate “${apiKey.name}”`} onClose={closed}>
        {make.data ? (
          <>
            <p>The new key, which is shown this once: <Id of={make.data.key ?? ''} /></p>
            <p>Both keys are valid now. Give the new one to whoever uses the old one, and revoke the old one when it is not used any more.</p>
            <OldKey apiKey={apiKey} isRevoked={revoke.isSuccess} />
            {revoke.isSuccess ? <div className="actions"><button type="button" className="primary" onClick={close}>Close</button></div> : <DialogEnd error={revoke.error} isPending={revoke.isPending} yes="Revoke the old one" isFinal onYes={() => { revoke.mutate(); }} back="I have it; revoke later" onBack={close} />}
          </>
        ) : (
          <Form onSubmit={make.mutate}>
            <p>A successor is made with the same role, tenant, groups and labels. The old key stays valid until you revoke it.</p>
            <OfSettings apiKey={apiKey} />
            <label className="field">Name<input name="name" required maxLength={100} defaultValue={apiKey.name} /></label>
            <label className="field">Ends at the beginning of; empty = never<input name="expires" type="date" min={dayOf(Date.now() + DAY_MS)} defaultValue={asLong(apiKey)} /></label>
            <DialogEnd error={make.error} isPending={make.isPending} yes="Make the new key" onBack={close} />
          </Form>
        )}
      </Dialog>
    </>
  );
}

/** When the old key was last used, as services report it. */
function OldKey({ apiKey: { id, lastUsedAt }, isRevoked }: { apiKey: Schemas['ApiKey']; isRevoked: boolean }): ReactElement {
  const { data } = useQuery({ queryKey: ['api-key', id], queryFn: () => answer(api.GET('/v1/api-keys/{id}', { params: { path: { id } } })), enabled: !isRevoked, refetchInterval: LOOK_EVERY_MS });
  const isOwn = useMe().data?.id === id;
  const used = data ? data.lastUsedAt : lastUsedAt;
  return (
    <div role="status">
      {isRevoked ? <p className="good">The old key is revoked.</p> : <p>The old key was last used: {used === null ? 'never' : <><Time at={used} />, to about a minute</>}.</p>}
      {isOwn && !isRevoked && <p className="wait">You are signed in with it: revoking it signs you out.</p>}
    </div>
  );
}

const DAY_MS = 86_400_000;

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** As long a life as the old key had; empty = it does not end. */
const asLong = ({ createdAt, expiresAt }: Schemas['ApiKey']): string => (expiresAt === null ? '' : dayOf(Date.now() + Math.max(DAY_MS, Date.parse(expiresAt) - Date.parse(createdAt)) + DAY_MS));
