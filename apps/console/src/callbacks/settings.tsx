import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type ReactElement } from 'react';
import { answer, api, Refused, type Schemas } from '../api/client.js';
import { Dialog, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { ProblemBox } from '../parts/problem-box.js';
import { useMe } from '../shell/me.js';
import { manages } from '../shell/roles.js';
import { changed, isSetHere, patchOf, profileOf, textOf, undone, type Edits } from './edits.js';
import { Effective } from './effective.js';
import { RetryPlan } from './retry-plan.js';
import { SavedSettings } from './saved-settings.js';
import { SettingField } from './setting-field.js';
import { oauth, ONLY_FOR, profileSetting, retry, signing, where, type Setting, type SettingGroup } from './setting-list.js';

/** The settings by group. Each says whether it is from the profile or set here, and can be given back to the profile. Only what was changed is sent. */
export function Settings({ callback }: { callback: Schemas['Callback'] }): ReactElement {
  const profiles = useQuery({ queryKey: ['profiles'], queryFn: () => answer(api.GET('/v1/profiles')), staleTime: Infinity });
  if (profiles.error) return <ProblemBox error={profiles.error} retry={() => void profiles.refetch()} />;
  return profiles.data ? <SettingsForm callback={callback} profiles={profiles.data.items} /> : <div className="skeleton" />;
}

function SettingsForm(base: { callback: Schemas['Callback']; profiles: readonly Schemas['Profile'][] }): ReactElement {
  const { callback } = base;
  const mayEdit = manages(useMe().data?.role);
  const credentials = useCredentials(callback.tenant, mayEdit);
  const queries = useQueryClient();
  const saved = useRef<DialogHandle>(null);
  const [edits, setEdits] = useState<Edits>({});
  const again = (): Promise<void> => queries.invalidateQueries({ queryKey: ['callback', callback.id] });
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: () => answer(api.PATCH('/v1/callbacks/{id}', { params: { path: { id: callback.id }, header: { 'If-Match': `"${callback.version}"` } }, body: patchOf(edits) })),
    gcTime: 0,
    onSuccess: async ({ signing: { secret }, approvalTakenBack }) => {
      // First, or the fields would show for a moment how they were before.
      await again();
      setEdits({});
      if (secret !== undefined || approvalTakenBack.length > 0) saved.current?.open();
    },
    onError: again,
  });
  const isOutdated = error instanceof Refused && error.problem.status === 412;
  const faults = error instanceof Refused ? (error.problem.errors ?? []) : [];
  const show = (setting: Setting): string => textOf(base, edits, setting);
  const field = (setting: Setting): ReactElement | null => {
    const { at } = setting;
    if (ONLY_FOR[at] !== undefined && ONLY_FOR[at] !== show(schemeSetting)) return null;
    const pointer = `/${at.replaceAll('.', '/')}`;
    return (
      <SettingField
        key={at}
        setting={at === 'authentication' ? { ...setting, options: credentialOptions(credentials, show(setting)) } : setting}
        text={show(setting)}
        from={isSetHere(base, edits, setting) ? null : profileOf(callback, edits)}
        faults={faults.filter((fault) => fault.pointer === pointer || fault.pointer.startsWith(`${pointer}/`)).map(({ detail }) => detail)}
        onChange={mayEdit ? (text) => { setEdits(changed(base, edits, setting, text)); } : undefined}
        onUndo={() => { setEdits(undone(base, edits, setting)); }}
      />
    );
  };
  const group = ({ name, settings }: SettingGroup): ReactElement => <fieldset key={name}><legend>{name}</legend>{settings.map(field)}</fieldset>;
  const count = Object.keys(edits).length;
  return (
    <>
      <Form className="panel" onSubmit={() => { mutate(); }}>
        <header className="by-profile"><h2>Settings</h2>{field(profileSetting)}</header>
        <div className="setting-groups">
          <div>{[where, signing, oauth].map(group)}</div>
          <div>{group(retry)}</div>
        </div>
        {(count > 0 || error) && (
          <div className="unsaved">
            {isOutdated ? <p className="bad" role="alert">Somebody has changed this callback meanwhile. The fields show it as it is now, with your changes on top: look at them, and save again.</p> : error && <ProblemBox error={error} />}
            <div className="actions">
              <span role="status">{count === 1 ? 'One setting is changed' : `${count} settings are changed`}, and not saved.</span>
              <button type="button" onClick={() => { setEdits({}); reset(); }}>Discard</button>
              <button className="primary" disabled={isPending}>Save</button>
            </div>
          </div>
        )}
      </Form>
      <RetryPlan delaysSeconds={delaysIn(show)} jitter={Number(show(jitterSetting)) / 100 || 0} />
      <Effective callback={callback} />
      <Dialog ref={saved} title="It is saved" onClose={reset}>
        {data && <SavedSettings answer={data} onClose={() => saved.current?.close()} />}
      </Dialog>
    </>
  );
}

const [schemeSetting] = signing.settings as [Setting];
const [delaysSetting, jitterSetting] = retry.settings as [Setting, Setting];

/** What is being typed may not be a number yet. */
const delaysIn = (show: (setting: Setting) => string): number[] => (delaysSetting.value(show(delaysSetting)) as number[]).filter((delay) => delay > 0);

const useCredentials = (tenant: string, isWanted: boolean): readonly Schemas['Credential'][] =>
  useQuery({ queryKey: ['credentials', 'choice', tenant], queryFn: () => answer(api.GET('/v1/credentials', { params: { query: { tenant: [tenant], limit: 100 } } })), enabled: isWanted }).data?.items ?? [];

const credentialOptions = (credentials: readonly Schemas['Credential'][], chosen: string): NonNullable<Setting['options']> => [
  ['', 'none'],
  ...credentials.map(({ id, name }): [string, string] => [id, name]),
  ...(chosen === '' || credentials.some(({ id }) => id === chosen) ? [] : [[chosen, chosen] as const]),
];
