{{/* What all containers of a service share: (dict "root" $ "service" service). */}}
{{- define "shop.container" -}}
image: {{ include "shop.image" (dict "root" .root "image" .service.image) }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  {{- include "shop.containerSecurity" .root | nindent 2 }}
envFrom:
  - configMapRef:
      name: {{ .service.name }}
  - secretRef:
      name: {{ .service.existingSecret }}
{{- if include "shop.isSqlite" .root }}
env:
  - name: DATABASE_URL
    value: sqlite:////data/{{ .service.name }}.db
{{- end }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- if include "shop.isSqlite" .root }}
  - name: data
    mountPath: /data
  {{- end }}
  {{- if .root.Values.development.reload }}
  - name: reload
    mountPath: /etc/shop
  {{- end }}
{{- end }}

{{- define "shop.apiContainer" -}}
name: api
{{- if .root.Values.development.debug }}
# A debugger finds gunicorn, not the shell that the image starts; a breakpoint takes long.
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
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  {{- include "shop.probe" (dict "service" .service "path" "/healthz/") | nindent 2 }}
  periodSeconds: 10
  timeoutSeconds: 5
readinessProbe:
  {{- include "shop.probe" (dict "service" .service "path" "/readyz/") | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 3
lifecycle:
  preStop:
    # A new connection after SIGTERM is reset, so endpoints must forget the pod first;
    # clients with a kept connection are told to leave meanwhile (chassis.web.gunicorn).
    exec:
      command: [sh, -c, touch /tmp/draining; sleep 10; rm /tmp/draining]
resources:
  {{- toYaml .service.api.resources | nindent 2 }}
{{- end }}

{{/* The host is one that TRUSTED_HOSTS can name; a pod's address is not. */}}
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

{{/* Every pod may start it at once: migrations take turns by a lock. */}}
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
