{{- define "nuncio.labels" -}}
app.kubernetes.io/part-of: nuncio
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "nuncio.selector" -}}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/name: {{ .name }}
{{- end }}

{{- define "nuncio.image" -}}
{{ .root.Values.image.repository }}/{{ .name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "nuncio.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Of whoever speaks to Kafka, as `user`, with what is secret in `secret`, and its own certificate in `kafkaCertSecret`. */}}
{{- define "nuncio.kafkaEnv" -}}
{{- $kafka := .root.Values.kafka }}
- { name: KAFKA_BROKERS, value: {{ $kafka.brokers | quote }} }
{{- if $kafka.ssl }}
- { name: KAFKA_SSL, value: 'true' }
{{- end }}
{{- if $kafka.caSecret }}
- { name: KAFKA_SSL_CA_FILE, value: /etc/kafka/ca.crt }
{{- end }}
{{- if .kafkaCertSecret }}
- { name: KAFKA_SSL_CERT_FILE, value: /etc/kafka-client/{{ $kafka.certKey }} }
- { name: KAFKA_SSL_KEY_FILE, value: /etc/kafka-client/{{ $kafka.keyKey }} }
{{- end }}
{{- with $kafka.mechanism }}
- { name: KAFKA_SASL_MECHANISM, value: {{ . | quote }} }
{{- if or (eq . "plain") (hasPrefix "scram" .) }}
- { name: KAFKA_SASL_USERNAME, value: {{ $.user | quote }} }
- { name: KAFKA_SASL_PASSWORD, valueFrom: { secretKeyRef: { name: {{ $.secret }}, key: KAFKA_SASL_PASSWORD } } }
{{- end }}
{{- if eq . "oauthbearer" }}
- { name: KAFKA_OAUTH_CLIENT_ID, value: {{ $.user | quote }} }
- { name: KAFKA_OAUTH_CLIENT_SECRET, valueFrom: { secretKeyRef: { name: {{ $.secret }}, key: KAFKA_OAUTH_CLIENT_SECRET } } }
{{- end }}
{{- end }}
{{- end }}

{{/* Authorities, certificates, and what the installation mounts itself. */}}
{{- define "nuncio.volumes" -}}
- { name: tmp, emptyDir: {} }
{{- with .root.Values.kafka.caSecret }}
- { name: kafka-ca, secret: { secretName: {{ . }} } }
{{- end }}
{{- with .kafkaCertSecret }}
- { name: kafka-client, secret: { secretName: {{ . }} } }
{{- end }}
{{- with .root.Values.redis.caSecret }}
- { name: redis-ca, secret: { secretName: {{ . }} } }
{{- end }}
{{- with .root.Values.database.caSecret }}
- { name: database-ca, secret: { secretName: {{ . }} } }
{{- end }}
{{- with concat .root.Values.volumes (.own.volumes | default list) }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "nuncio.mounts" -}}
- { name: tmp, mountPath: /tmp }
{{- if .root.Values.kafka.caSecret }}
- { name: kafka-ca, mountPath: /etc/kafka, readOnly: true }
{{- end }}
{{- if .kafkaCertSecret }}
- { name: kafka-client, mountPath: /etc/kafka-client, readOnly: true }
{{- end }}
{{- if .root.Values.redis.caSecret }}
- { name: redis-ca, mountPath: /etc/redis, readOnly: true }
{{- end }}
{{- if .root.Values.database.caSecret }}
- { name: database-ca, mountPath: /etc/postgresql, readOnly: true }
{{- end }}
{{- with concat .root.Values.volumeMounts (.own.volumeMounts | default list) }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The chart's own variables (`given`), over them the references in `env` and the values in `settings`, of all and of one, each name once; a setting in a file takes the place of the one in the Secret. A number stays as it is written: 1000000, not 1e+06. */}}
{{- define "nuncio.env" -}}
{{- $env := dict }}
{{- $settings := dict }}
{{- range list .root.Values .own }}
{{- range $name, $from := .env }}{{ $_ := set $env $name $from }}{{ end }}
{{- range $name, $value := .settings }}{{ $_ := set $settings $name $value }}{{ end }}
{{- end }}
{{- range $name, $_ := $env }}{{ $_ := unset $settings $name }}{{ end }}
{{- range fromYamlArray .given }}
{{- if not (or (hasKey $env .name) (hasKey $settings .name) (hasKey $settings (printf "%s_FILE" .name))) }}
- {{ toJson . }}
{{- end }}
{{- end }}
{{- range $name, $from := $env }}
- {{ dict "name" $name "valueFrom" $from | toJson }}
{{- end }}
{{- range $name, $value := $settings }}
- {{ dict "name" $name "value" (kindIs "string" $value | ternary $value (toJson $value)) | toJson }}
{{- end }}
{{- end }}

{{- define "nuncio.podLabels" -}}
{{- merge (include "nuncio.labels" . | fromYaml) (deepCopy ((.own.pod | default dict).labels | default dict)) (deepCopy .root.Values.pod.labels) | toYaml }}
{{- end }}

{{- define "nuncio.podAnnotations" -}}
{{- with merge (deepCopy ((.own.pod | default dict).annotations | default dict)) (deepCopy .root.Values.pod.annotations) }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What a pod of `own` is (`given`), and over it what the installation says of all pods, and of this one. */}}
{{- define "nuncio.podSpec" -}}
{{- $values := .root.Values }}
{{- $account := .own.serviceAccountName | default $values.serviceAccountName }}
{{- $common := dict "enableServiceLinks" false "automountServiceAccountToken" (ne $account "") "securityContext" $values.podSecurityContext }}
{{- with $account }}{{ $_ := set $common "serviceAccountName" . }}{{ end }}
{{- with $values.image.pullSecrets }}{{ $_ := set $common "imagePullSecrets" . }}{{ end }}
{{- merge (deepCopy ((.own.pod | default dict).spec | default dict)) (deepCopy $values.pod.spec) (fromYaml .given) (deepCopy $common) | toYaml }}
{{- end }}
