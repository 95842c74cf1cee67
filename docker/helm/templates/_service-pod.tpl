{{/* The pod of one service, which the chart's values may add to. */}}
{{- define "nuncio.servicePod" -}}
terminationGracePeriodSeconds: 30
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: { matchLabels: {{ include "nuncio.selector" $ | fromYaml | toJson }} }
  {{- end }}
containers:
  - name: {{ .name }}
    image: {{ include "nuncio.image" . }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    securityContext: {{- include "nuncio.containerSecurity" . | nindent 6 }}
    ports:
      - { name: http, containerPort: 8080 }
      {{- if .fact.isPublic }}
      - { name: metrics, containerPort: 9464 }
      {{- end }}
    env: {{- include "nuncio.env" (merge (dict "given" (include "nuncio.serviceEnv" .)) .) | nindent 6 }}
    # A service listens at once, and says in /health/ready what it waits for.
    startupProbe: { httpGet: { path: /health/live, port: http }, periodSeconds: 10, failureThreshold: 30 }
    readinessProbe: { httpGet: { path: /health/ready, port: http }, periodSeconds: 5, timeoutSeconds: 3 }
    livenessProbe: { httpGet: { path: /health/live, port: http }, periodSeconds: 10, timeoutSeconds: 3 }
    {{- if .fact.isPublic }}
    # Until whoever balances has heard that it goes.
    lifecycle: { preStop: { sleep: { seconds: 5 } } }
    {{- end }}
    resources: {{- toYaml .own.resources | nindent 6 }}
    volumeMounts: {{- include "nuncio.mounts" . | nindent 6 }}
volumes: {{- include "nuncio.volumes" . | nindent 2 }}
{{- end }}

{{- define "nuncio.serviceEnv" -}}
{{- $values := .root.Values }}
{{- $redisElsewhere := or $values.redis.sentinels $values.redis.cluster }}
{{ include "nuncio.kafkaEnv" . }}
{{- range .fact.secrets }}
{{- $key := ternary "REDIS_PASSWORD" . (and (eq . "REDIS_URL") (ne $redisElsewhere "")) }}
- { name: {{ $key }}, valueFrom: { secretKeyRef: { name: {{ $.secret }}, key: {{ $key }}{{ if has . $.fact.optional }}, optional: true{{ end }} } } }
{{- end }}
{{- if has "REDIS_URL" .fact.secrets }}
{{- if $redisElsewhere }}
{{- with $values.redis.sentinels }}
- { name: REDIS_SENTINELS, value: {{ . | quote }} }
- { name: REDIS_SENTINEL_NAME, value: {{ $values.redis.sentinelName | quote }} }
{{- end }}
{{- with $values.redis.cluster }}
- { name: REDIS_CLUSTER, value: {{ . | quote }} }
{{- end }}
- { name: REDIS_USERNAME, value: {{ $values.redis.username | default .user | quote }} }
{{- if $values.redis.ssl }}
- { name: REDIS_SSL, value: 'true' }
{{- end }}
{{- end }}
{{- if $values.redis.caSecret }}
- { name: REDIS_CA_FILE, value: /etc/redis/ca.crt }
{{- end }}
{{- end }}
{{- if .fact.isPublic }}
- { name: CONFIG_SERVICE_URL, value: 'http://{{ .root.Release.Name }}-config-service:8080' }
- { name: ATTEMPT_LOG_URL, value: 'http://{{ .root.Release.Name }}-attempt-log:8080' }
- { name: METRICS_PORT, value: '9464' }
- { name: POD_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
- { name: REPLICA_URL, value: 'http://$(POD_IP):8080' }
{{- end }}
{{- with $values.tracing.endpoint }}
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }} }
- { name: OTEL_TRACES_SAMPLER, value: parentbased_traceidratio }
- { name: OTEL_TRACES_SAMPLER_ARG, value: {{ $values.tracing.ratio | toString | quote }} }
{{- end }}
{{- end }}
