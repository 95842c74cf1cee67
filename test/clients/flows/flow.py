import os, time
import nuncio
from nuncio.models import Authentication, AuthenticationSetting, AuthenticationSettingNone, CreateCallback, CreateEventType, CreateSubscription, CreateTenant

name = os.environ["NAME"]
event_type = f"{name}.paid"
client = nuncio.ApiClient(nuncio.Configuration(host=os.environ["NUNCIO_URL"], access_token=os.environ["NUNCIO_KEY"]))
nuncio.TenantsApi(client).create_tenant(CreateTenant(id=name, name=name))
nuncio.EventTypesApi(client).create_event_type(CreateEventType(name=event_type))
authentication = AuthenticationSetting(AuthenticationSettingNone(type="none"))
callback = nuncio.CallbacksApi(client).create_callback(CreateCallback(tenant=name, name="ledger", url=os.environ["RECEIVER_URL"], authentication=authentication))
subscription = nuncio.SubscriptionsApi(client).create_subscription(CreateSubscription(tenant=name, callback=callback.id, eventTypes=[event_type], activate=True))
assert subscription.state == "activated", subscription
nuncio.EventsApi(client).publish_events(ce_type=event_type, ce_tenant=name, body={"total": 1})
deliveries = nuncio.DeliveriesApi(client)
while True:
    delivered = [one for one in deliveries.list_deliveries(tenant=[name]).items if one.status == "delivered"]
    if delivered:
        break
    time.sleep(0.2)
assert deliveries.resend_delivery(delivered[0].id).asked.number == 2
print("sent again")
