{{/* Fixed properties of the services; localPort is the port of a local run. */}}
{{- define "shop.properties" -}}
user-svc: {module: user_svc, localPort: 8000, prefix: /user, calls: [], seeds: true, mail: true}
product-svc: {module: product_svc, localPort: 8001, prefix: /products, calls: [user-svc], seeds: true}
order-svc: {module: order_svc, localPort: 8002, prefix: /orders, calls: [user-svc, product-svc], queue: order-events}
payment-svc: {module: payment_svc, localPort: 8003, prefix: /payments, calls: [user-svc], queue: payment-commands, razorpay: true}
{{- end }}

{{/* The deployed services by name: fixed properties, defaults and their own values. */}}
{{- define "shop.services" -}}
{{- range $name, $properties := include "shop.properties" . | fromYaml }}
{{- $service := mergeOverwrite (deepCopy $.Values.defaults) (index $.Values.services $name) $properties }}
{{- if $service.enabled }}
{{- $_ := set $service "fullname" (include "shop.fullname" (dict "root" $ "name" $name)) }}
{{ dict $name (set $service "name" $name) | toYaml }}
{{- end }}
{{- end }}
{{- end }}

{{/* The name of an object: (dict "root" $ "name" name). Two releases in one namespace
     need different names. */}}
{{- define "shop.fullname" -}}
{{- with .root.Values.fullnameOverride }}{{ . }}-{{ end }}{{ .name }}
{{- end }}

{{/* The URL of a service inside the cluster: (dict "root" $ "name" name). */}}
{{- define "shop.url" -}}
{{- $service := mergeOverwrite (deepCopy .root.Values.defaults) (index .root.Values.services .name) }}
{{- $port := ternary "" (printf ":%v" $service.service.port) (eq (int $service.service.port) 80) }}
{{- include "shop.externalUrl" . | default (printf "http://%s%s" (include "shop.fullname" .) $port) }}
{{- end }}

{{/* The URL of a service of another release, or nothing. */}}
{{- define "shop.externalUrl" -}}
{{- (index .root.Values.services .name).url | default .root.Values.defaults.url }}
{{- end }}

{{/* The common public URL of the APIs, or nothing. */}}
{{- define "shop.publicUrl" -}}
{{- if .Values.publicUrl }}
{{- .Values.publicUrl }}
{{- else if .Values.ingress.enabled }}
{{- printf "http%s://%s" (ternary "s" "" .Values.ingress.tls.enabled) .Values.ingress.host }}
{{- else if .Values.httpRoute.enabled }}
{{- printf "https://%s" (first .Values.httpRoute.hostnames) }}
{{- end }}
{{- end }}

{{/* The name of an image: (dict "root" $ "image" image). */}}
{{- define "shop.image" -}}
{{- $registry := .root.Values.image.registry }}
{{- with .image }}
{{- with $registry }}{{ . }}/{{ end }}{{ .repository }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ coalesce .tag $.root.Values.image.tag $.root.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* Labels that select pods: (dict "root" $ "name" name "component" component). */}}
{{- define "shop.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of an object. Pods have only some of them, so that a new chart version does not
     restart every pod. */}}
{{- define "shop.labels" -}}
{{ include "shop.selector" . }}
{{ include "shop.partOf" .root }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "shop.partOf" -}}
app.kubernetes.io/part-of: shop
{{- end }}

{{/* "true" if the services use SQLite, or nothing. */}}
{{- define "shop.usesSqlite" -}}
{{- if eq .Values.database.mode "sqlite" }}true{{ end }}
{{- end }}
