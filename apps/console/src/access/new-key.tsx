import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Id } from '../parts/copy.js';
import { Dialog, DialogEnd, Opener, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { labelsIn, LabelsField } from '../parts/labels.js';
import { TenantField } from '../parts/tenant-field.js';
import { useMe } from '../shell/me.js';

type Role = Schemas['Me']['role'];

interface Offer {
  readonly role: Role;
  readonly may: string;
  /** `optional` = it may be for one tenant, or for all. */
  readonly tenant: 'required' | 'optional' | 'none';
}

const OFFERS: readonly Offer[] = [
  { role: 'consumer', may: 'manages callbacks, credentials and subscriptions of its tenant', tenant: 'required' },
  { role: 'owner', may: 'the same for all groups of its tenant, and its keys', tenant: 'required' },
  { role: 'viewer', may: 'reads what its tenant has', tenant: 'required' },
  { role: 'publisher', may: 'publishes events, and nothing else', tenant: 'optional' },
  { role: 'provider', may: 'event types, approvals, and what is to be sent again, for all tenants', tenant: 'none' },
  { role: 'admin', may: 'everything, for all tenants', tenant: 'none' },
];
/** The roles that an owner may give. */
const OWNERS: readonly Role[] = ['consumer', 'owner', 'viewer'];

/** A new API key, shown once. Closing forgets it. */
export function NewKey(): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const isOwner = useMe().data?.role === 'owner';
  const offers = OFFERS.filter(({ role }) => !isOwner || OWNERS.includes(role));
  const [role, choose] = useState<Role>('consumer');
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: (form: FormData) => {
      const [tenant, expires] = [formText(form, 'tenant'), formText(form, 'expires')];
      const groups = formText(form, 'groups').split(',').map((group) => group.trim()).filter(Boolean);
      return answer(api.POST('/v1/api-keys', { body: { name: formText(form, 'name'), role, groups, labels: labelsIn(formText(form, 'labels')), ...(tenant !== '' && { tenant }), ...(expires !== '' && { expiresAt: new Date(`${expires}T00:00`).toISOString() }) } }));
    },
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['api-keys'] }),
  });
  const close = (): void => { dialog.current?.close(); };
  const chosen = offers.find((offer) => offer.role === role);
  return (
    <>
      <Opener dialog={dialog} className="small">New key</Opener>
      <Dialog ref={dialog} title="A new API key" onClose={reset}>
        {data ? (
          <>
            <p>This is the only time it is shown: <Id of={data.key ?? ''} /></p>
            <div className="actions"><button type="button" className="primary" onClick={close}>I have it</button></div>
          </>
        ) : (
          <Form onSubmit={mutate}>
            <label className="field">Name<input name="name" required maxLength={100} placeholder="who or what will use it" /></label>
            <label className="field">
              Role
              <select value={role} onChange={({ target }) => { choose(target.value as Role); }}>{offers.map((offer) => <option key={offer.role}>{offer.role}</option>)}</select>
              <span className="soft">{chosen?.may}</span>
            </label>
            {!isOwner && chosen?.tenant !== 'none' && <TenantField {...(chosen?.tenant === 'optional' && { label: 'Tenant; empty = events for any tenant' })} isRequired={chosen?.tenant === 'required'} />}
            {chosen?.tenant === 'required' && role !== 'owner' && <label className="field">Groups, with commas between; empty = the whole tenant<input name="groups" spellCheck={false} /></label>}
            <label className="field">Ends at the beginning of; empty = never<input name="expires" type="date" min={new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)} /></label>
            <LabelsField />
            <DialogEnd error={error} isPending={isPending} yes="Create it" onBack={close} />
          </Form>
        )}
      </Dialog>
    </>
  );
}
