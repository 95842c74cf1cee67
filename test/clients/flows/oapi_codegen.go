package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	nuncio "example/nuncio"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	name := os.Getenv("NAME")
	eventType := name + ".paid"
	ctx := context.Background()
	client, err := nuncio.NewClientWithResponses(os.Getenv("NUNCIO_URL"), nuncio.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+os.Getenv("NUNCIO_KEY"))
		return nil
	}))
	check(err)

	_, err = client.CreateTenantWithResponse(ctx, nil, nuncio.CreateTenant{Id: name, Name: name})
	check(err)
	_, err = client.CreateEventTypeWithResponse(ctx, nil, nuncio.CreateEventType{Name: eventType})
	check(err)
	callback, err := client.CreateCallbackWithResponse(ctx, nil, nuncio.CreateCallback{Tenant: &name, Name: "ledger", Url: os.Getenv("RECEIVER_URL")})
	check(err)
	activate := true
	subscription, err := client.CreateSubscriptionWithResponse(ctx, nil, nuncio.CreateSubscription{Tenant: &name, Callback: callback.JSON201.Id, EventTypes: []string{eventType}, Activate: &activate})
	check(err)
	if subscription.JSON201.State != "activated" {
		panic(subscription.JSON201.State)
	}
	_, err = client.PublishEventsWithResponse(ctx, &nuncio.PublishEventsParams{CeType: &eventType, CeTenant: &name}, map[string]int{"total": 1})
	check(err)
	for {
		page, err := client.ListDeliveriesWithResponse(ctx, &nuncio.ListDeliveriesParams{Tenant: &[]string{name}})
		check(err)
		for _, delivery := range page.JSON200.Items {
			if delivery.Status != "delivered" {
				continue
			}
			asked, err := client.ResendDeliveryWithResponse(ctx, delivery.Id, nil)
			check(err)
			if asked.JSON202.Asked.Number != 2 {
				panic("it is not sent again")
			}
			fmt.Println("sent again")
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
}
