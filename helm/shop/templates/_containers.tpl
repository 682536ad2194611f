{{/* Fields that all containers of a service share: (dict "root" $ "service" service). */}}
{{- define "shop.container" -}}
image: {{ include "shop.image" (dict "root" .root "image" .service.image) }}
imagePullPolicy: {{ .service.image.pullPolicy | default .root.Values.image.pullPolicy }}
securityContext:
  {{- include "shop.containerSecurity" . | nindent 2 }}
envFrom:
  - configMapRef:
      name: {{ .service.fullname }}
  - secretRef:
      name: {{ .service.existingSecret }}
  {{- with .service.extraEnvFrom }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- if or (include "shop.usesSqlite" .root) .service.extraEnv }}
env:
  {{- if include "shop.usesSqlite" .root }}
  - name: DATABASE_URL
    value: sqlite:////data/{{ .service.name }}.db
  {{- end }}
  {{- with .service.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- if include "shop.usesSqlite" .root }}
  - name: data
    mountPath: /data
  {{- end }}
  {{- if .root.Values.development.reload }}
  - name: reload
    mountPath: /etc/shop
  {{- end }}
  {{- with .service.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "shop.apiContainer" -}}
name: api
{{- if .root.Values.development.debug }}
# The debugger needs gunicorn as the first process; a breakpoint must not time out.
command: [gunicorn, "{{ .service.module }}:create_app()", --bind, "0.0.0.0:8000", --config, "python:chassis.web.gunicorn", --timeout, "0"]
{{- else if .root.Values.development.reload }}
command: [python, /etc/shop/reload.py, serve]
{{- end }}
{{ include "shop.container" . }}
ports:
  - name: http
    containerPort: 8000
startupProbe:
  {{- include "shop.probe" (dict "service" .service "path" "/healthz/") | nindent 2 }}
  {{- toYaml .service.api.probes.startup | nindent 2 }}
livenessProbe:
  {{- include "shop.probe" (dict "service" .service "path" "/healthz/") | nindent 2 }}
  {{- toYaml .service.api.probes.liveness | nindent 2 }}
readinessProbe:
  {{- include "shop.probe" (dict "service" .service "path" "/readyz/") | nindent 2 }}
  {{- toYaml .service.api.probes.readiness | nindent 2 }}
lifecycle:
  preStop:
    # Gunicorn resets new connections after SIGTERM, so wait until the pod is removed from
    # the endpoints. Meanwhile chassis.web.gunicorn closes keep-alive connections.
    exec:
      command: [sh, -c, touch /tmp/draining; sleep {{ int .service.api.drainSeconds }}; rm /tmp/draining]
resources:
  {{- toYaml .service.api.resources | nindent 2 }}
{{- end }}

{{/* The Host header is the service's name, which every service trusts. */}}
{{- define "shop.probe" -}}
httpGet:
  path: {{ .path }}
  port: http
  httpHeaders:
    - name: Host
      value: {{ .service.name }}
{{- end }}

{{- define "shop.workerContainer" -}}
name: worker
command: [{{ if and .root.Values.development.reload (not .root.Values.development.debug) }}python, /etc/shop/reload.py, {{ end }}flask, --app, "{{ .service.module }}:create_app", worker]
{{ include "shop.container" . }}
resources:
  {{- toYaml .service.worker.resources | nindent 2 }}
{{- end }}

{{/* All pods can run this at the same time, because a lock serializes migrations. */}}
{{- define "shop.migrateContainer" -}}
name: migrate
command: [flask, --app, "{{ .service.module }}:create_app", db, upgrade]
{{ include "shop.container" . }}
resources:
  {{- toYaml .service.worker.resources | nindent 2 }}
{{- end }}

{{- define "shop.seedContainer" -}}
name: seed
command: [flask, --app, "{{ .service.module }}:create_app", seed]
{{ include "shop.container" . }}
resources:
  {{- toYaml .service.worker.resources | nindent 2 }}
{{- end }}
