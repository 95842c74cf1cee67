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

{{- define "nuncio.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "nuncio.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Of whoever speaks to Kafka, as `user`, with the password in `secret`. */}}
{{- define "nuncio.kafkaEnv" -}}
- { name: KAFKA_BROKERS, value: {{ .root.Values.kafka.brokers | quote }} }
{{- if .root.Values.kafka.ssl }}
- { name: KAFKA_SSL, value: 'true' }
{{- end }}
{{- if .root.Values.kafka.caSecret }}
- { name: KAFKA_SSL_CA_FILE, value: /etc/kafka/ca.crt }
{{- end }}
{{- with .root.Values.kafka.mechanism }}
- { name: KAFKA_SASL_MECHANISM, value: {{ . | quote }} }
{{- if or (eq . "plain") (hasPrefix "scram" .) }}
- { name: KAFKA_SASL_USERNAME, value: {{ $.user | quote }} }
- { name: KAFKA_SASL_PASSWORD, valueFrom: { secretKeyRef: { name: {{ $.secret }}, key: KAFKA_SASL_PASSWORD } } }
{{- end }}
{{- end }}
{{- end }}

{{- define "nuncio.kafkaVolumes" -}}
- { name: tmp, emptyDir: {} }
{{- with .root.Values.kafka.caSecret }}
- { name: kafka-ca, secret: { secretName: {{ . }} } }
{{- end }}
{{- end }}

{{- define "nuncio.kafkaMounts" -}}
- { name: tmp, mountPath: /tmp }
{{- if .root.Values.kafka.caSecret }}
- { name: kafka-ca, mountPath: /etc/kafka, readOnly: true }
{{- end }}
{{- end }}

{{/* Settings by name, the later over the earlier. */}}
{{- define "nuncio.settings" -}}
{{- range $name, $value := . }}
- { name: {{ $name }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- end }}
