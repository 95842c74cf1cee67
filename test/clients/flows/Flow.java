import java.net.URI;
import java.util.List;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.api.*;
import org.openapitools.client.model.*;

public class Flow {
  public static void main(String[] args) throws Exception {
    String name = System.getenv("NAME");
    String type = name + ".paid";
    ApiClient client = new ApiClient().setBasePath(System.getenv("NUNCIO_URL"));
    client.setBearerToken(System.getenv("NUNCIO_KEY"));
    new TenantsApi(client).createTenant(new CreateTenant().id(name).name(name), null);
    new EventTypesApi(client).createEventType(new CreateEventType().name(type), null);
    Callback callback = new CallbacksApi(client).createCallback(new CreateCallback().tenant(name).name("ledger").url(URI.create(System.getenv("RECEIVER_URL"))), null);
    VerifiedSubscription subscription = new SubscriptionsApi(client).createSubscription(new CreateSubscription().tenant(name).callback(callback.getId()).eventTypes(List.of(type)).activate(true), null);
    if (!subscription.getState().toString().equals("activated")) throw new IllegalStateException(subscription.toString());
    new EventsApi(client).publishEvents(null, null, null, type, name, null, null, Map.of("total", 1));
    DeliveriesApi deliveries = new DeliveriesApi(client);
    while (true) {
      for (Delivery delivery : deliveries.listDeliveries(List.of(name), null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null).getItems()) {
        if (!delivery.getStatus().toString().equals("delivered")) continue;
        if (deliveries.resendDelivery(delivery.getId(), null).getAsked().getNumber() != 2) throw new IllegalStateException("it is not sent again");
        System.out.println("sent again");
        System.exit(0);
      }
      Thread.sleep(200);
    }
  }
}
