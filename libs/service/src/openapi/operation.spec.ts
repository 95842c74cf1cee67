import { expect, it } from '@jest/globals';
import { operationIdOf, wordsOf } from './operation.js';

it.each([
  ['get', '/v1/callbacks', 'listCallbacks'],
  ['post', '/v1/api-keys', 'createApiKey'],
  ['get', '/v1/event-types/{name}', 'getEventType'],
  ['put', '/v1/callbacks/{id}', 'putCallback'],
  ['patch', '/v1/callbacks/{id}', 'updateCallback'],
  ['delete', '/v1/subscriptions/{id}', 'deleteSubscription'],
  ['post', '/v1/deliveries/{id}/resend', 'resendDelivery'],
  ['post', '/v1/subscriptions/{id}/{move}', 'moveSubscription'],
  ['get', '/v1/callbacks/{id}/subscriptions', 'listCallbackSubscriptions'],
  ['get', '/v1/events/{id}/payload', 'getEventPayload'],
  ['get', '/v1/credentials/{id}/jwks.json', 'listCredentialJwks'],
  ['get', '/v1/attempts/stream', 'streamAttempts'],
  ['post', '/v1/deliveries/cancel', 'cancelDeliveries'],
])('%s %s is called %s', (method, path, id) => {
  expect(operationIdOf(method, path)).toBe(id);
});

it('has a name that reads as words', () => {
  expect(wordsOf('rotateCallbackSecret')).toBe('Rotate callback secret');
});
