/** Generated: npm run schema -w @nuncio/console. */
export interface paths {
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["ApiKeys.list"];
        put?: never;
        post: operations["ApiKeys.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["ApiKeys.get"];
        put?: never;
        post?: never;
        delete: operations["ApiKeys.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Applications.list"];
        put?: never;
        post: operations["Applications.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/applications/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Applications.get"];
        put?: never;
        post?: never;
        delete: operations["Applications.delete"];
        options?: never;
        head?: never;
        patch: operations["Applications.patch"];
        trace?: never;
    };
    "/v1/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Attempts.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/attempts/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Attempts.stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/attempts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Attempts.one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Audit.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/callbacks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Callbacks.list"];
        put?: never;
        post: operations["Callbacks.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/callbacks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Callbacks.get"];
        put?: never;
        post?: never;
        delete: operations["Callbacks.delete"];
        options?: never;
        head?: never;
        patch: operations["Callbacks.patch"];
        trace?: never;
    };
    "/v1/callbacks/{id}/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["BringBack.recover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/callbacks/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Callbacks.rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/callbacks/{id}/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Callbacks.subscriptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/callbacks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Callbacks.test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Credentials.list"];
        put?: never;
        post: operations["Credentials.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/credentials/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Credentials.get"];
        put?: never;
        post?: never;
        delete: operations["Credentials.delete"];
        options?: never;
        head?: never;
        patch: operations["Credentials.patch"];
        trace?: never;
    };
    "/v1/credentials/{id}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["CredentialHealth.health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/credentials/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Credentials.test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Deliveries.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Deliveries.stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Deliveries.one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Resend.resend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/event-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["EventTypes.list"];
        put?: never;
        post: operations["EventTypes.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/event-types/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["EventTypes.get"];
        put?: never;
        post?: never;
        delete: operations["EventTypes.delete"];
        options?: never;
        head?: never;
        patch: operations["EventTypes.patch"];
        trace?: never;
    };
    "/v1/event-types/{name}/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["EventTypes.simulate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Events.list"];
        put?: never;
        post: operations["Events.post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Events.one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{id}/payload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Events.payload"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Me.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["OpenApi.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Operations.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Operations.one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{id}/{move}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Operations.move"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/replays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["BringBack.replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Stats.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stats/token-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["TokenStats.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Subscriptions.list"];
        put?: never;
        post: operations["Subscriptions.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Subscriptions.get"];
        put?: never;
        post?: never;
        delete: operations["Subscriptions.delete"];
        options?: never;
        head?: never;
        patch: operations["Subscriptions.patch"];
        trace?: never;
    };
    "/v1/subscriptions/{id}/{move}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Subscriptions.move"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Tenants.list"];
        put?: never;
        post: operations["Tenants.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Tenants.get"];
        put?: never;
        post?: never;
        delete: operations["Tenants.delete"];
        options?: never;
        head?: never;
        patch: operations["Tenants.patch"];
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            /** Format: uri */
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @enum {unknown} */
            code: "malformed-json" | "malformed-request" | "unauthenticated" | "forbidden" | "not-found" | "conflict" | "illegal-move" | "in-use" | "stale" | "too-large" | "unsupported-media-type" | "invalid" | "too-many-requests" | "headers-too-large" | "internal" | "corrupt" | "unavailable" | "timeout";
            errors?: {
                /** Format: json-pointer */
                pointer: string;
                code: string;
                detail: string;
            }[];
        };
        CloudEvent: {
            /** @constant */
            specversion?: "1.0";
            id?: string;
            source?: string;
            type: string;
            tenant?: string;
            /** Format: date-time */
            time?: string;
            datacontenttype?: string;
            data?: unknown;
            /** Format: base64 */
            data_base64?: string;
        } & {
            [key: string]: unknown;
        };
        Accepted: {
            id: string;
            ceId: string;
        };
        Me: {
            id: string;
            /** @enum {string} */
            role: "admin" | "provider" | "publisher" | "consumer" | "viewer";
            tenant: string | null;
            groups: string[];
        };
        Tenant: {
            id: string;
            name: string;
            /**
             * @default active
             * @enum {string}
             */
            state: "active" | "suspended";
            /** @default null */
            reason: string | null;
            version: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        ApiKey: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "admin" | "provider" | "publisher" | "consumer" | "viewer";
            tenant: string | null;
            groups: string[];
            version: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        EventType: {
            id: string;
            name: string;
            description: string | null;
            schema: {
                [key: string]: unknown;
            } | null;
            /** @enum {string} */
            audience: "addressed" | "broadcast";
            /** @enum {string} */
            approval: "none" | "required";
            version: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        /** @description A CloudEvent in JSON format: `data` or `data_base64`, `tenant`, any attributes. All may be left out. */
        SimulatedEvent: {
            [key: string]: unknown;
        };
        Application: {
            id: string;
            tenant: string;
            name: string;
            version: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        Credential: {
            id: string;
            tenant: string;
            groups: string[];
            name: string;
            tokenUrl: string | null;
            issuer: string | null;
            authMethod: string;
            /** @enum {string} */
            basicEncoding: "rfc6749" | "raw";
            /**
             * @default token-url
             * @enum {string}
             */
            assertionAudience: "token-url" | "issuer";
            /**
             * @default ES256
             * @enum {string}
             */
            assertionAlgorithm: "ES256" | "RS256" | "PS256" | "EdDSA";
            assumeBearer: boolean;
            clientCertificate: {
                subject: string;
                notAfter: string;
                sha256: string;
            } | null;
            /** @default false */
            certificateForDelivery: boolean;
            scope: string | null;
            audience: string | null;
            resource: (string | string[]) | null;
            params: {
                [key: string]: string;
            };
            headers: {
                [key: string]: string;
            };
            hasClientId: boolean;
            hasClientSecret: boolean;
            publicJwk: {
                [key: string]: string;
            } | null;
            version: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        Callback: {
            id: string;
            tenant: string;
            application: string;
            groups: string[];
            name: string;
            url: string;
            /** @enum {string} */
            method: "POST" | "PUT" | "PATCH";
            /** @enum {string} */
            profile: "persona" | "webhookie" | "standard";
            enabled: boolean;
            disabledReason: string | null;
            signing: {
                scheme: string;
                keyId?: string;
                keyType?: string;
                publicKey?: string;
                /** Format: date-time */
                oldExpiresAt?: string;
                secret?: string;
            };
            authentication: {
                /** @constant */
                type: "none";
            } | {
                /** @constant */
                type: "oauth2";
                credential: string;
            };
            headers: {
                [key: string]: string;
            };
            secretHeaders: {
                [key: string]: string;
            };
            /** @enum {string} */
            envelope: "raw" | "json-api" | "cloudevents";
            timeoutMs: number;
            retry: {
                delaysSeconds: number[];
                jitter: number;
                successStatuses: (number | string)[];
                retryOn: "any" | {
                    connection: boolean;
                    statuses: (number | string)[];
                };
                /** @enum {string} */
                onGone: "disable" | "retry" | "final";
                /** @enum {string} */
                onExhausted: "dead-letter" | "block";
                retryAfterMaxSeconds: number;
            };
            /** @enum {string} */
            onTokenFailure: "retry" | "block" | "hold";
            limits: {
                /** @description Requests on their way at a time, over all dispatchers */
                concurrency: number;
                /** @description Requests a second, over all dispatchers; null = no limit */
                perSecond: number | null;
            };
            version: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        Subscription: {
            id: string;
            tenant: string;
            callback: string;
            eventTypes: string[];
            filter: components["schemas"]["Filter"] | null;
            /** @enum {string} */
            state: "draft" | "validated" | "ready-to-submit" | "submitted" | "approved" | "rejected" | "activated" | "deactivated" | "suspended" | "blocked";
            reason: string | null;
            approved: boolean;
            /** @default false */
            awaitsApproval: boolean;
            version: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        /** @description A dialect of the CloudEvents Subscriptions API */
        Filter: {
            exact?: {
                [key: string]: string | number | boolean | null;
            };
            prefix?: {
                [key: string]: string;
            };
            suffix?: {
                [key: string]: string;
            };
            all?: components["schemas"]["Filter"][];
            any?: components["schemas"]["Filter"][];
            not?: components["schemas"]["Filter"];
        };
        ConfigurationEvent: {
            position: number;
            /** Format: date-time */
            at: string;
            actor: string;
            /** @enum {string} */
            kind: "tenant" | "api-key" | "event-type" | "application" | "credential" | "callback" | "subscription";
            id: string;
            tenant: string | null;
            version: number;
            type: string;
            changes: {
                [key: string]: unknown;
            };
        };
        Delivery: {
            id: string;
            event: string;
            ceId: string;
            ceSource: string;
            eventType: string;
            tenant: string;
            application: string;
            callback: string;
            subscription: string;
            /** @enum {string} */
            status: "pending" | "delivered" | "failed" | "parked" | "held" | "canceled" | "skipped" | "expired";
            reason: string | null;
            explanation: string;
            next: {
                /** @constant */
                step: "later";
                notBefore: string | null;
            } | {
                /** @enum {string} */
                step: "parked" | "held" | "dead" | "done";
            };
            willCancel: boolean;
            attemptCount: number;
            firstAttemptAt: string | null;
            lastAttemptAt: string | null;
            lastAttempt: string | null;
            responseStatus: number | null;
            errorClass: ("dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "token" | "internal") | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        Attempt: {
            event: string;
            eventType: string;
            ceId: string;
            ceSource: string;
            delivery: string;
            tenant: string;
            application: string;
            callback: string;
            subscription: string;
            id: string;
            number: number;
            /** @enum {string} */
            reason: "first" | "retry" | "resend" | "unblock" | "recover" | "replay";
            /** @default null */
            requestedBy: string | null;
            /** Format: date-time */
            startedAt: string;
            requests: number;
            request: {
                method: string;
                url: string;
                headers: {
                    [key: string]: string | string[];
                };
            } | null;
            response: {
                status: number;
                headers: {
                    [key: string]: string | string[];
                };
                /** @constant */
                headersTruncated?: true;
                body: string;
                /** @enum {string} */
                bodyEncoding: "utf8" | "base64";
                bodyTruncated: boolean;
            } | null;
            timingsMs: {
                token: number;
                dns: number | null;
                connect: number | null;
                tls: number | null;
                firstByte: number | null;
                total: number;
            };
            /** @enum {string} */
            outcome: "delivered" | "failed";
            error: {
                /** @enum {string} */
                class: "dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "token" | "internal";
                detail: string | null;
            } | null;
            tokenError: {
                /** @enum {string} */
                class: "dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "internal";
                httpStatus: number | null;
                code: string | null;
                description?: string;
            } | null;
            next: {
                /** @enum {string} */
                step: "done" | "parked" | "dead";
            } | {
                /** @constant */
                step: "later";
                /** Format: date-time */
                notBefore: string;
            };
            advice: string | null;
        };
        Event: {
            id: string;
            ceId: string;
            ceSource: string;
            eventType: string;
            time: string | null;
            tenants: string[];
            attributes: {
                [key: string]: string;
            };
            contentType: string | null;
            payloadBytes: number;
            /** Format: date-time */
            createdAt: string;
            unmatched: string | null;
            lineage: {
                topic: string;
                partition: number;
                offset: string;
            };
            deliveries: components["schemas"]["Delivery"][];
        };
        Operation: {
            id: string;
            /** @enum {string} */
            kind: "recover" | "replay";
            /** @enum {string} */
            state: "running" | "paused" | "canceled" | "done";
            requestedBy: string;
            callback: string | null;
            selection: {
                [key: string]: unknown;
            };
            perSecond: number;
            count: number;
            sent: number;
            passedOver: number | null;
            position: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        StatsPoint: {
            /** Format: date-time */
            at: string;
            attempts: number;
            outcomes: {
                [key: string]: number;
            };
            latencyMs: {
                p50: number | null;
                p95: number | null;
                p99: number | null;
            };
        };
        TokenStatsPoint: {
            /** Format: date-time */
            at: string;
            credential: string;
            requests: number;
            outcomes: {
                [key: string]: number;
            };
            latencyMs: {
                p50: number;
                p95: number;
                p99: number;
            };
        };
        CredentialHealth: {
            credential: string;
            /** @enum {string} */
            state: "working" | "failing" | "unknown";
            expiresAt: string | null;
            lastSuccess: {
                /** Format: date-time */
                at: string;
                durationMs: number;
                /** Format: date-time */
                expiresAt: string;
                scope: string | null;
            } | null;
            lastFailure: {
                /** Format: date-time */
                at: string;
                durationMs: number;
                tokenError: {
                    /** @enum {string} */
                    class: "dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "internal";
                    httpStatus: number | null;
                    code: string | null;
                    description?: string;
                };
                advice: string;
                pausedUntil: string | null;
            } | null;
            requestsToday: {
                total: number;
                failed: number;
            };
            callbacks: {
                id: string;
                name: string;
                enabled: boolean;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "ApiKeys.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                tenant?: string | string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ApiKey"][];
                        next: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ApiKeys.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours: the first answer again, without its secrets. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    role: "admin" | "provider" | "publisher" | "consumer" | "viewer";
                    tenant?: string;
                    /** @default [] */
                    groups?: string[];
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @enum {string} */
                        role: "admin" | "provider" | "publisher" | "consumer" | "viewer";
                        tenant: string | null;
                        groups: string[];
                        version: number;
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        updatedAt: string;
                        key?: string;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ApiKeys.get": {
        parameters: {
            query?: {
                at?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ApiKeys.delete": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Applications.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                tenant?: string | string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Application"][];
                        next: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Applications.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours: the first answer again, without its secrets. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    tenant?: string;
                    name: string;
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Application"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Applications.get": {
        parameters: {
            query?: {
                at?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Application"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Applications.delete": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Applications.patch": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    name?: string;
                };
                "application/merge-patch+json": {
                    name?: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Application"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Attempts.list": {
        parameters: {
            query?: {
                tenant?: string[];
                application?: string[];
                callback?: string[];
                subscription?: string[];
                event?: string[];
                eventType?: string[];
                errorClass?: ("dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "token" | "internal")[];
                responseStatus?: string[];
                delivery?: string[];
                status?: ("delivered" | "failed")[];
                since?: string;
                until?: string;
                count?: "true" | "false";
                format?: "json" | "csv" | "ndjson";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Attempt"][];
                        next: string | null;
                        count?: {
                            value: number;
                            exact: boolean;
                        };
                    };
                    "text/csv": unknown;
                    "application/x-ndjson": unknown;
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Attempts.stream": {
        parameters: {
            query?: {
                tenant?: string[];
                application?: string[];
                callback?: string[];
                subscription?: string[];
                event?: string[];
                eventType?: string[];
                errorClass?: ("dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "token" | "internal")[];
                responseStatus?: string[];
                delivery?: string[];
                status?: ("delivered" | "failed")[];
                since?: string;
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Attempts.one": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attempt"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Audit.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                tenant?: string | string[];
                kind?: string | string[];
                id?: string | string[];
                actor?: string | string[];
                type?: string | string[];
                since?: string;
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ConfigurationEvent"][];
                        next: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Callbacks.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                tenant?: string | string[];
                application?: string | string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Callback"][];
                        next: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Callbacks.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours: the first answer again, without its secrets. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    tenant?: string;
                    application?: string;
                    name: string;
                    /** Format: uri */
                    url: string;
                    groups?: string[] | null;
                    enabled?: boolean | null;
                    headers?: {
                        [key: string]: string | null;
                    } | null;
                    secretHeaders?: {
                        [key: string]: string | null;
                    } | null;
                    profile?: ("persona" | "webhookie" | "standard") | null;
                    method?: ("POST" | "PUT" | "PATCH") | null;
                    signing?: {
                        scheme?: ("persona" | "webhookie" | "standard-webhooks" | "none") | null;
                        secret?: string | null;
                        keyId?: string | null;
                        keyType?: string | null;
                    } | null;
                    authentication?: ({
                        /** @constant */
                        type: "none";
                    } | {
                        /** @constant */
                        type: "oauth2";
                        credential: string;
                    }) | null;
                    envelope?: ("raw" | "json-api" | "cloudevents") | null;
                    timeoutMs?: number | null;
                    retry?: {
                        delaysSeconds?: number[] | null;
                        jitter?: number | null;
                        successStatuses?: (number | string)[] | null;
                        retryOn?: ("any" | {
                            connection: boolean;
                            statuses: (number | string)[];
                        }) | null;
                        onGone?: ("disable" | "retry" | "final") | null;
                        onExhausted?: ("dead-letter" | "block") | null;
                        retryAfterMaxSeconds?: number | null;
                    } | null;
                    onTokenFailure?: ("retry" | "block" | "hold") | null;
                    limits?: {
                        concurrency?: number | null;
                        perSecond?: number | null;
                    } | null;
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Callback"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Callbacks.get": {
        parameters: {
            query?: {
                at?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Callback"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Callbacks.delete": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Callbacks.patch": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    name?: string;
                    /** Format: uri */
                    url?: string;
                    groups?: string[] | null;
                    enabled?: boolean | null;
                    headers?: {
                        [key: string]: string | null;
                    } | null;
                    secretHeaders?: {
                        [key: string]: string | null;
                    } | null;
                    profile?: ("persona" | "webhookie" | "standard") | null;
                    method?: ("POST" | "PUT" | "PATCH") | null;
                    signing?: {
                        scheme?: ("persona" | "webhookie" | "standard-webhooks" | "none") | null;
                        secret?: string | null;
                        keyId?: string | null;
                        keyType?: string | null;
                    } | null;
                    authentication?: ({
                        /** @constant */
                        type: "none";
                    } | {
                        /** @constant */
                        type: "oauth2";
                        credential: string;
                    }) | null;
                    envelope?: ("raw" | "json-api" | "cloudevents") | null;
                    timeoutMs?: number | null;
                    retry?: {
                        delaysSeconds?: number[] | null;
                        jitter?: number | null;
                        successStatuses?: (number | string)[] | null;
                        retryOn?: ("any" | {
                            connection: boolean;
                            statuses: (number | string)[];
                        }) | null;
                        onGone?: ("disable" | "retry" | "final") | null;
                        onExhausted?: ("dead-letter" | "block") | null;
                        retryAfterMaxSeconds?: number | null;
                    } | null;
                    onTokenFailure?: ("retry" | "block" | "hold") | null;
                    limits?: {
                        concurrency?: number | null;
                        perSecond?: number | null;
                    } | null;
                };
                "application/merge-patch+json": {
                    name?: string;
                    /** Format: uri */
                    url?: string;
                    groups?: string[] | null;
                    enabled?: boolean | null;
                    headers?: {
                        [key: string]: string | null;
                    } | null;
                    secretHeaders?: {
                        [key: string]: string | null;
                    } | null;
                    profile?: ("persona" | "webhookie" | "standard") | null;
                    method?: ("POST" | "PUT" | "PATCH") | null;
                    signing?: {
                        scheme?: ("persona" | "webhookie" | "standard-webhooks" | "none") | null;
                        secret?: string | null;
                        keyId?: string | null;
                        keyType?: string | null;
                    } | null;
                    authentication?: ({
                        /** @constant */
                        type: "none";
                    } | {
                        /** @constant */
                        type: "oauth2";
                        credential: string;
                    }) | null;
                    envelope?: ("raw" | "json-api" | "cloudevents") | null;
                    timeoutMs?: number | null;
                    retry?: {
                        delaysSeconds?: number[] | null;
                        jitter?: number | null;
                        successStatuses?: (number | string)[] | null;
                        retryOn?: ("any" | {
                            connection: boolean;
                            statuses: (number | string)[];
                        }) | null;
                        onGone?: ("disable" | "retry" | "final") | null;
                        onExhausted?: ("dead-letter" | "block") | null;
                        retryAfterMaxSeconds?: number | null;
                    } | null;
                    onTokenFailure?: ("retry" | "block" | "hold") | null;
                    limits?: {
                        concurrency?: number | null;
                        perSecond?: number | null;
                    } | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        tenant: string;
                        application: string;
                        groups: string[];
                        name: string;
                        url: string;
                        /** @enum {string} */
                        method: "POST" | "PUT" | "PATCH";
                        /** @enum {string} */
                        profile: "persona" | "webhookie" | "standard";
                        enabled: boolean;
                        disabledReason: string | null;
                        signing: {
                            scheme: string;
                            keyId?: string;
                            keyType?: string;
                            publicKey?: string;
                            /** Format: date-time */
                            oldExpiresAt?: string;
                            secret?: string;
                        };
                        authentication: {
                            /** @constant */
                            type: "none";
                        } | {
                            /** @constant */
                            type: "oauth2";
                            credential: string;
                        };
                        headers: {
                            [key: string]: string;
                        };
                        secretHeaders: {
                            [key: string]: string;
                        };
                        /** @enum {string} */
                        envelope: "raw" | "json-api" | "cloudevents";
                        timeoutMs: number;
                        retry: {
                            delaysSeconds: number[];
                            jitter: number;
                            successStatuses: (number | string)[];
                            retryOn: "any" | {
                                connection: boolean;
                                statuses: (number | string)[];
                            };
                            /** @enum {string} */
                            onGone: "disable" | "retry" | "final";
                            /** @enum {string} */
                            onExhausted: "dead-letter" | "block";
                            retryAfterMaxSeconds: number;
                        };
                        /** @enum {string} */
                        onTokenFailure: "retry" | "block" | "hold";
                        limits: {
                            /** @description Requests on their way at a time, over all dispatchers */
                            concurrency: number;
                            /** @description Requests a second, over all dispatchers; null = no limit */
                            perSecond: number | null;
                        };
                        version: number;
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        updatedAt: string;
                        affectedSubscriptions: number;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "BringBack.recover": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    since: string;
                    /** Format: date-time */
                    until?: string;
                    perSecond?: number;
                    /** @default false */
                    dryRun?: boolean;
                };
            };
        };
        responses: {
            /** @description Success */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: number;
                        operation?: string;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Callbacks.rotate": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default 7200 */
                    expiresInSeconds?: number;
                    /** @default false */
                    force?: boolean;
                    secret?: string;
                    keyId?: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        secret: string;
                        oldExpiresAt: string | null;
                        version: number;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Callbacks.subscriptions": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                tenant?: string | string[];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Subscription"][];
                        next: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Callbacks.test": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ok: boolean;
                        status: number | null;
                        timingsMs: {
                            [key: string]: number | null;
                        };
                        error: {
                            /** @enum {string} */
                            class: "dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "token" | "internal";
                            detail: string | null;
                        } | null;
                        tokenError: {
                            /** @enum {string} */
                            class: "dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "internal";
                            httpStatus: number | null;
                            code: string | null;
                            description?: string;
                        } | null;
                        sentHeaders: {
                            [key: string]: string | string[];
                        } | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Credentials.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                tenant?: string | string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Credential"][];
                        next: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Credentials.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours: the first answer again, without its secrets. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    tenant?: string;
                    name: string;
                    groups?: string[] | null;
                    tokenUrl?: string | null;
                    issuer?: string | null;
                    clientId?: string | null;
                    clientSecret?: string | null;
                    /** @constant */
                    grantType?: "client_credentials";
                    authMethod?: ("client_secret_basic" | "client_secret_post" | "private_key_jwt" | "tls_client_auth") | null;
                    basicEncoding?: ("rfc6749" | "raw") | null;
                    assertionAudience?: ("token-url" | "issuer") | null;
                    assertionAlgorithm?: ("ES256" | "RS256" | "PS256" | "EdDSA") | null;
                    clientCertificate?: {
                        certificate: string;
                        privateKey: string;
                    } | null;
                    certificateForDelivery?: boolean | null;
                    assumeBearer?: boolean | null;
                    scope?: (string | string[]) | null;
                    audience?: string | null;
                    resource?: (string | string[]) | null;
                    params?: {
                        [key: string]: string;
                    } | null;
                    headers?: {
                        [key: string]: string | null;
                    } | null;
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Credentials.get": {
        parameters: {
            query?: {
                at?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Credentials.delete": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Credentials.patch": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    name?: string;
                    groups?: string[] | null;
                    tokenUrl?: string | null;
                    issuer?: string | null;
                    clientId?: string | null;
                    clientSecret?: string | null;
                    /** @constant */
                    grantType?: "client_credentials";
                    authMethod?: ("client_secret_basic" | "client_secret_post" | "private_key_jwt" | "tls_client_auth") | null;
                    basicEncoding?: ("rfc6749" | "raw") | null;
                    assertionAudience?: ("token-url" | "issuer") | null;
                    assertionAlgorithm?: ("ES256" | "RS256" | "PS256" | "EdDSA") | null;
                    clientCertificate?: {
                        certificate: string;
                        privateKey: string;
                    } | null;
                    certificateForDelivery?: boolean | null;
                    assumeBearer?: boolean | null;
                    scope?: (string | string[]) | null;
                    audience?: string | null;
                    resource?: (string | string[]) | null;
                    params?: {
                        [key: string]: string;
                    } | null;
                    headers?: {
                        [key: string]: string | null;
                    } | null;
                };
                "application/merge-patch+json": {
                    name?: string;
                    groups?: string[] | null;
                    tokenUrl?: string | null;
                    issuer?: string | null;
                    clientId?: string | null;
                    clientSecret?: string | null;
                    /** @constant */
                    grantType?: "client_credentials";
                    authMethod?: ("client_secret_basic" | "client_secret_post" | "private_key_jwt" | "tls_client_auth") | null;
                    basicEncoding?: ("rfc6749" | "raw") | null;
                    assertionAudience?: ("token-url" | "issuer") | null;
                    assertionAlgorithm?: ("ES256" | "RS256" | "PS256" | "EdDSA") | null;
                    clientCertificate?: {
                        certificate: string;
                        privateKey: string;
                    } | null;
                    certificateForDelivery?: boolean | null;
                    assumeBearer?: boolean | null;
                    scope?: (string | string[]) | null;
                    audience?: string | null;
                    resource?: (string | string[]) | null;
                    params?: {
                        [key: string]: string;
                    } | null;
                    headers?: {
                        [key: string]: string | null;
                    } | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "CredentialHealth.health": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialHealth"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Credentials.test": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        expiresInSeconds: number | null;
                        scope: string | null;
                    } | {
                        /** @constant */
                        ok: false;
                        tokenError: {
                            /** @enum {string} */
                            class: "dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "internal";
                            httpStatus: number | null;
                            code: string | null;
                            description?: string;
                        } | null;
                        advice: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Deliveries.list": {
        parameters: {
            query?: {
                tenant?: string[];
                application?: string[];
                callback?: string[];
                subscription?: string[];
                event?: string[];
                eventType?: string[];
                errorClass?: ("dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "token" | "internal")[];
                responseStatus?: string[];
                status?: ("pending" | "delivered" | "failed" | "parked" | "held" | "canceled" | "skipped" | "expired")[];
                since?: string;
                until?: string;
                count?: "true" | "false";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Delivery"][];
                        next: string | null;
                        count?: {
                            value: number;
                            exact: boolean;
                        };
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Deliveries.stream": {
        parameters: {
            query?: {
                tenant?: string[];
                application?: string[];
                callback?: string[];
                subscription?: string[];
                event?: string[];
                eventType?: string[];
                errorClass?: ("dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "token" | "internal")[];
                responseStatus?: string[];
                status?: ("pending" | "delivered" | "failed" | "parked" | "held" | "canceled" | "skipped" | "expired")[];
                since?: string;
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Deliveries.one": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        event: string;
                        ceId: string;
                        ceSource: string;
                        eventType: string;
                        tenant: string;
                        application: string;
                        callback: string;
                        subscription: string;
                        /** @enum {string} */
                        status: "pending" | "delivered" | "failed" | "parked" | "held" | "canceled" | "skipped" | "expired";
                        reason: string | null;
                        explanation: string;
                        next: {
                            /** @constant */
                            step: "later";
                            notBefore: string | null;
                        } | {
                            /** @enum {string} */
                            step: "parked" | "held" | "dead" | "done";
                        };
                        willCancel: boolean;
                        attemptCount: number;
                        firstAttemptAt: string | null;
                        lastAttemptAt: string | null;
                        lastAttempt: string | null;
                        responseStatus: number | null;
                        errorClass: ("dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "token" | "internal") | null;
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        updatedAt: string;
                        lineage: {
                            topic: string;
                            partition: number;
                            offset: string;
                        } | null;
                        attempts: components["schemas"]["Attempt"][];
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Resend.resend": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "EventTypes.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["EventType"][];
                        next: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "EventTypes.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours: the first answer again, without its secrets. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @default null */
                    description?: string | null;
                    /** @default null */
                    schema?: {
                        [key: string]: unknown;
                    } | null;
                    /**
                     * @default addressed
                     * @enum {string}
                     */
                    audience?: "addressed" | "broadcast";
                    /**
                     * @default none
                     * @enum {string}
                     */
                    approval?: "none" | "required";
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventType"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "EventTypes.get": {
        parameters: {
            query?: {
                at?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventType"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "EventTypes.delete": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "EventTypes.patch": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    description?: string | null;
                    schema?: {
                        [key: string]: unknown;
                    } | null;
                    /** @enum {string} */
                    audience?: "addressed" | "broadcast";
                    /** @enum {string} */
                    approval?: "none" | "required";
                };
                "application/merge-patch+json": {
                    description?: string | null;
                    schema?: {
                        [key: string]: unknown;
                    } | null;
                    /** @enum {string} */
                    audience?: "addressed" | "broadcast";
                    /** @enum {string} */
                    approval?: "none" | "required";
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventType"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "EventTypes.simulate": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                tenant?: string | string[];
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SimulatedEvent"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        admitted: boolean;
                        errors: {
                            pointer: string;
                            code: string;
                            detail: string;
                        }[];
                        items: {
                            /** @enum {string} */
                            outcome: "delivered" | "parked" | "skipped" | "none";
                            reasons: {
                                /** @enum {string} */
                                code: "other-tenant" | "other-type" | "needs-approval" | "tenant-suspended" | "inactive" | "filtered-out" | "awaits-approval" | "refused" | "blocked" | "disabled";
                                detail: string;
                            }[];
                            subscription: string;
                            tenant: string;
                            callback: string;
                        }[];
                        next: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Events.list": {
        parameters: {
            query?: {
                tenant?: string[];
                ceId?: string[];
                ceSource?: string[];
                eventType?: string[];
                since?: string;
                until?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Event"][];
                        next: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Events.post": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/cloudevents+json": components["schemas"]["CloudEvent"];
                "application/cloudevents-batch+json": components["schemas"]["CloudEvent"][];
                "*/*": unknown;
            };
        };
        responses: {
            /** @description Success */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"] | {
                        items: components["schemas"]["Accepted"][];
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Events.one": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Events.payload": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Me.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "OpenApi.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        openapi: "3.1.0";
                        info: {
                            title: string;
                            version: string;
                        };
                        security: {
                            [key: string]: unknown;
                        }[];
                        paths: {
                            [key: string]: {
                                [key: string]: {
                                    [key: string]: unknown;
                                };
                            };
                        };
                        components: {
                            schemas: {
                                [key: string]: unknown;
                            };
                            securitySchemes: {
                                [key: string]: unknown;
                            };
                        };
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Operations.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Operation"][];
                        next: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Operations.one": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Operations.move": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                move: "pause" | "resume" | "cancel";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "BringBack.replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    select: {
                        tenant?: string[];
                        application?: string[];
                        callback?: string[];
                        subscription?: string[];
                        event?: string[];
                        eventType?: string[];
                        errorClass?: ("dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "token" | "internal")[];
                        responseStatus?: string[];
                        status?: ("pending" | "delivered" | "failed" | "parked" | "held" | "canceled" | "skipped" | "expired")[];
                        /** Format: date-time */
                        since?: string;
                        /** Format: date-time */
                        until?: string;
                        events?: {
                            tenant?: string[];
                            ceId?: string[];
                            ceSource?: string[];
                            eventType?: string[];
                            /** Format: date-time */
                            since?: string;
                            /** Format: date-time */
                            until?: string;
                        };
                    };
                    perSecond?: number;
                    /** @default false */
                    dryRun?: boolean;
                };
            };
        };
        responses: {
            /** @description Success */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: number;
                        operation?: string;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Stats.list": {
        parameters: {
            query?: {
                tenant?: string[];
                callback?: string[];
                since?: string;
                until?: string;
                step?: "minute" | "hour" | "day";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["StatsPoint"][];
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "TokenStats.list": {
        parameters: {
            query?: {
                tenant?: string[];
                credential?: string[];
                since?: string;
                until?: string;
                step?: "minute" | "hour" | "day";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["TokenStatsPoint"][];
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Subscriptions.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                tenant?: string | string[];
                callback?: string | string[];
                eventType?: string | string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Subscription"][];
                        next: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Subscriptions.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours: the first answer again, without its secrets. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    tenant?: string;
                    callback: string;
                    eventTypes: string[];
                    filter?: components["schemas"]["Filter"] | null;
                    /** @default false */
                    activate?: boolean;
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        tenant: string;
                        callback: string;
                        eventTypes: string[];
                        filter: components["schemas"]["Filter"] | null;
                        /** @enum {string} */
                        state: "draft" | "validated" | "ready-to-submit" | "submitted" | "approved" | "rejected" | "activated" | "deactivated" | "suspended" | "blocked";
                        reason: string | null;
                        approved: boolean;
                        /** @default false */
                        awaitsApproval: boolean;
                        version: number;
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        updatedAt: string;
                        verification?: {
                            ok: boolean;
                            status: number | null;
                            error: {
                                /** @enum {string} */
                                class: "dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "token" | "internal";
                                detail: string | null;
                            } | null;
                            tokenError: {
                                /** @enum {string} */
                                class: "dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "internal";
                                httpStatus: number | null;
                                code: string | null;
                                description?: string;
                            } | null;
                        };
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Subscriptions.get": {
        parameters: {
            query?: {
                at?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Subscriptions.delete": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Subscriptions.patch": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    callback?: string;
                    eventTypes?: string[];
                    filter?: components["schemas"]["Filter"] | null;
                };
                "application/merge-patch+json": {
                    callback?: string;
                    eventTypes?: string[];
                    filter?: components["schemas"]["Filter"] | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Subscriptions.move": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
                move: "verify" | "submit" | "approve" | "reject" | "activate" | "deactivate" | "suspend" | "unsuspend" | "block" | "unblock";
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        tenant: string;
                        callback: string;
                        eventTypes: string[];
                        filter: components["schemas"]["Filter"] | null;
                        /** @enum {string} */
                        state: "draft" | "validated" | "ready-to-submit" | "submitted" | "approved" | "rejected" | "activated" | "deactivated" | "suspended" | "blocked";
                        reason: string | null;
                        approved: boolean;
                        /** @default false */
                        awaitsApproval: boolean;
                        version: number;
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        updatedAt: string;
                        verification?: {
                            ok: boolean;
                            status: number | null;
                            error: {
                                /** @enum {string} */
                                class: "dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "token" | "internal";
                                detail: string | null;
                            } | null;
                            tokenError: {
                                /** @enum {string} */
                                class: "dns" | "connect" | "tls" | "timeout" | "http" | "redirect" | "blocked_address" | "too_large" | "invalid_response" | "internal";
                                httpStatus: number | null;
                                code: string | null;
                                description?: string;
                            } | null;
                        };
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Tenants.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                tenant?: string | string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Tenant"][];
                        next: string | null;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Tenants.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours: the first answer again, without its secrets. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    id: string;
                    name: string;
                };
            };
        };
        responses: {
            /** @description Success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Tenants.get": {
        parameters: {
            query?: {
                at?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Tenants.delete": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Tenants.patch": {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read: with another version by now nothing is changed, and the answer is 412. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    name?: string;
                };
                "application/merge-patch+json": {
                    name?: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
