package main

import (
	"context"
	"fmt"
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
	settings := nuncio.NewConfiguration()
	settings.Servers = nuncio.ServerConfigurations{{URL: os.Getenv("NUNCIO_URL")}}
	client := nuncio.NewAPIClient(settings)
	ctx := context.WithValue(context.Background(), nuncio.ContextAccessToken, os.Getenv("NUNCIO_KEY"))

	_, _, err := client.TenantsAPI.CreateTenant(ctx).CreateTenant(*nuncio.NewCreateTenant(name, name)).Execute()
	check(err)
	_, _, err = client.EventTypesAPI.CreateEventType(ctx).CreateEventType(*nuncio.NewCreateEventType(eventType)).Execute()
	check(err)
	wanted := nuncio.NewCreateCallback("ledger", os.Getenv("RECEIVER_URL"))
	wanted.SetTenant(name)
	callback, _, err := client.CallbacksAPI.CreateCallback(ctx).CreateCallback(*wanted).Execute()
	check(err)
	subscribed := nuncio.NewCreateSubscription(callback.Id, []string{eventType})
	subscribed.SetTenant(name)
	subscribed.SetActivate(true)
	subscription, _, err := client.SubscriptionsAPI.CreateSubscription(ctx).CreateSubscription(*subscribed).Execute()
	check(err)
	if subscription.State != "activated" {
		panic(subscription.State)
	}
	_, _, err = client.EventsAPI.PublishEvents(ctx).CeType(eventType).CeTenant(name).Body(map[string]int{"total": 1}).Execute()
	check(err)
	for {
		page, _, err := client.DeliveriesAPI.ListDeliveries(ctx).Tenant([]string{name}).Execute()
		check(err)
		for _, delivery := range page.Items {
			if delivery.Status != "delivered" {
				continue
			}
			asked, _, err := client.DeliveriesAPI.ResendDelivery(ctx, delivery.Id).Execute()
			check(err)
			if asked.Asked.Number != 2 {
				panic("it is not sent again")
			}
			fmt.Println("sent again")
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
}
