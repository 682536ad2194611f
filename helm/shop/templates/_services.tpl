{{/* What the services are; no knob changes it. A local run has them at localPort. */}}
{{- define "shop.facts" -}}
user-svc: {module: user_svc, localPort: 8000, prefix: /user, calls: [], seeds: true, mail: true}
product-svc: {module: product_svc, localPort: 8001, prefix: /products, calls: [user-svc], seeds: true}
order-svc: {module: order_svc, localPort: 8002, prefix: /orders, calls: [user-svc, product-svc], queue: order-events}
payment-svc: {module: payment_svc, localPort: 8003, prefix: /payments, calls: [user-svc], queue: payment-commands, razorpay: true}
{{- end }}

{{/* The services that are deployed, by name: facts, defaults and what is their own. */}}
{{- define "shop.services" -}}
{{- range $name, $facts := include "shop.facts" . | fromYaml }}
{{- $service := mergeOverwrite (deepCopy $.Values.defaults) (index $.Values.services $name) $facts }}
{{- if $service.enabled }}
{{ dict $name (set $service "name" $name) | toYaml }}
{{- end }}
{{- end }}
{{- end }}

{{/* Where a service is found inside the cluster: (dict "root" $ "name" name). */}}
{{- define "shop.url" -}}
{{- $service := mergeOverwrite (deepCopy .root.Values.defaults) (index .root.Values.services .name) }}
{{- $port := ternary "" (printf ":%v" $service.service.port) (eq (int $service.service.port) 80) }}
{{- include "shop.elsewhere" . | default (printf "http://%s%s" .name $port) }}
{{- end }}

{{/* The address of a service that is not of this release, or nothing. */}}
{{- define "shop.elsewhere" -}}
{{- (index .root.Values.services .name).url | default .root.Values.defaults.url }}
{{- end }}

{{/* The common origin for clients, or nothing. */}}
{{- define "shop.origin" -}}
{{- if .Values.publicUrl }}
{{- .Values.publicUrl }}
{{- else if .Values.ingress.enabled }}
{{- printf "http%s://%s" (ternary "s" "" .Values.ingress.tls.enabled) .Values.ingress.host }}
{{- else if .Values.httpRoute.enabled }}
{{- printf "https://%s" (first .Values.httpRoute.hostnames) }}
{{- end }}
{{- end }}

{{/* An image: (dict "root" $ "image" image). */}}
{{- define "shop.image" -}}
{{- $registry := .root.Values.image.registry }}
{{- with .image }}
{{- with $registry }}{{ . }}/{{ end }}{{ .repository }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.root.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* What selects pods: (dict "root" $ "name" name "component" component). */}}
{{- define "shop.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* An object's labels; a pod's must not change with the chart, or every pod would. */}}
{{- define "shop.labels" -}}
{{ include "shop.selector" . }}
{{ include "shop.partOf" .root }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "shop.partOf" -}}
app.kubernetes.io/part-of: shop
{{- end }}

{{/* Where a service keeps SQLite's file. */}}
{{- define "shop.isSqlite" -}}
{{- if eq .Values.database.mode "sqlite" }}true{{ end }}
{{- end }}
